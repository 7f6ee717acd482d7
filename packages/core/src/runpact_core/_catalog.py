"""The shape of the generated index: what must be known of every contract version before a schema is loaded."""

from __future__ import annotations

from typing import NamedTuple


class Version(NamedTuple):
    """One version of one contract.

    Attributes:
        contract: Name of the contract, such as ``run``.
        version: ``MAJOR.MINOR``, or ``MAJOR`` for contracts that are versioned by an integer.
        status: ``planned``, ``active``, ``deprecated`` or ``retired``.
        gate: ``record`` (read tolerantly) or ``configuration`` (read strictly).
        versioned_by: The field that holds the version, or ``shape`` where documents carry none.
        describes: Where such a file lies, relative to the project, with ``<placeholders>``.
        path: Where the contract is written down, relative to the project.
        source: The source document that the contract comes from.
        root: Name of the root model.
        required: Names of the required fields at the top.
        integers: Pointers to fields that must be written as integers; ``*`` stands for any element or name.
    """

    contract: str
    version: str
    status: str
    gate: str
    versioned_by: str
    describes: str
    path: str
    source: str
    root: str
    required: tuple[str, ...]
    integers: tuple[str, ...]

    def __hash__(self) -> int:
        """By identity: the index has one of each, and hashing every field costs more than reading a run."""
        return object.__hash__(self)

    @property
    def module(self) -> str:
        """Name of the generated module, and of the schemas: ``run_v0_2``."""
        return f"{self.contract}_v{self.version.replace('.', '_')}"

    @property
    def key(self) -> tuple[int, ...]:
        """The version as numbers, so that 0.10 follows 0.9."""
        return tuple(int(part) for part in self.version.split("."))

    @property
    def major(self) -> int:
        """The first number of the version; documents of one major are read by every reader of it."""
        return self.key[0]

    @property
    def file_name(self) -> str:
        """Name of the described file, without its folder."""
        return self.describes.rpartition("/")[2]

    def fits_name(self, base: str) -> bool:
        """Whether a file of that name is what it describes; ``last_run.spec-kit.json`` is a ``last_run.json``."""
        stem, dot, suffix = self.file_name.rpartition(".")
        return base == self.file_name or (base.startswith(f"{stem}.") and base.endswith(f"{dot}{suffix}"))
