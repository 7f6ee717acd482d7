"""What becomes of the contracts when they change; never published, imported by nothing that is.

    two sets of contracts ─ diff ─▶ changes ─ proof ─▶ verdicts ─ levels ─▶ what version number they need

Decisions are pure functions of two `codegen.load.ContractSet`; commands and files are at the rim.
"""
