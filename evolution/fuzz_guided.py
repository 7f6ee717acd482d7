"""One target under atheris: ``python -m evolution.fuzz_guided TARGET OPTION...``, in the environment ``fuzz`` alone.

The options are those of libFuzzer. The library ends the process itself, so `fuzz` runs this as one of its own.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["runpact_core", "runpact_gc", "runpact_reporter", "runpact_status_matrix"]):
    from evolution.fuzz import attempt
    from evolution.fuzz_targets import TARGETS


def main() -> None:
    """Fuzz until libFuzzer ends the process; a find is an exception, which it keeps."""
    target = TARGETS[sys.argv[1]]

    def one(data: bytes) -> None:
        says = attempt(target, data)
        if says:
            raise RuntimeError(says)

    atheris.Setup([sys.argv[0], *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
