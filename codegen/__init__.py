"""The compiler of the contracts; never published, imported by nothing that is.

    contracts/*.yaml ─ load ─▶ lint ─▶ render ─▶ {path: text} ─▶ write | check

`render` is pure: the same contracts give the same files on every machine. See ``contracts/README.md``.
"""
