"""The performance figures of Runpact, each measured side by side with a peer. Never published, never a test.

`python -m bench` runs every row of `bench.rows` and prints one line for each. A row is a pair of things to do:
ours, and what people would compare it with. A figure is a ratio within one run on one machine, since seconds say
more about the machine than about us. A later piece of work adds a module with its rows, and names it in `bench.rows`.
The results are not committed: figures age, and only those of one run on one machine can be compared.
"""
