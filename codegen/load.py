"""Reading ``contracts/`` into values. The only part of the compiler that reads the contracts' files.

A contract version is one file ``<name>.v<major>[_<minor>].yaml`` and one entry of ``catalog.yaml``; its examples lie in
``examples/<name>/<version>/{valid,invalid}/<what-it-shows>.json``. What releases froze is in ``released.json``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codegen.findings import ContractsInvalid, Finding
from codegen.released import PATH as RELEASED
from codegen.released import Released, read_released
from runpact_core._yaml import parse_yaml
from runpact_core.errors import InvalidArtifact, MissingArtifact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = re.compile(r"^(?P<name>[a-z][a-z0-9_]*)\.v(?P<major>[0-9]+)(_(?P<minor>[0-9]+))?\.yaml$")
ENDINGS = frozenset({".yaml", ".yml", ".json"})
OTHERS = frozenset(
    {"catalog.yaml", "common.v1.yaml", "exceptions.yaml", "prescribed_names.yaml", RELEASED.rpartition("/")[2]}
)
"""What lies beside the contract versions and is none."""


@dataclass(frozen=True)
class Source:
    """One YAML file: path relative to the project, value, line of every node by JSON pointer, sha256 of the bytes."""

    path: str
    tree: dict[str, Any]
    lines: Mapping[str, int]
    sha256: str = ""

    def line(self, pointer: str) -> int:
        """The line of a node, or of the nearest node around it."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)


@dataclass(frozen=True)
class Example:
    """One example document: ``name`` says what it shows; ``data`` are its frozen bytes."""

    name: str
    valid: bool
    path: str
    data: bytes


@dataclass(frozen=True)
class Contract:
    """One version of one contract, with its catalog entry and examples."""

    name: str
    version: str
    source: Source
    entry: Mapping[str, Any]
    examples: tuple[Example, ...]

    @property
    def module(self) -> str:
        """Name of the generated module and base name of the generated schemas: ``run_v0_2``."""
        return f"{self.name}_v{self.version.replace('.', '_')}"

    @property
    def urn(self) -> str:
        """Identifier that the exported schemas carry; it is a name, nothing can be fetched by it."""
        return f"urn:runpact:{self.name}:{self.version}"

    @property
    def order(self) -> tuple[str, tuple[int, ...]]:
        """Sort key: by name, then by version as numbers."""
        return self.name, version_key(self.version)


@dataclass(frozen=True)
class ContractSet:
    """Everything that is compiled; ``strays`` are files below ``examples/`` that are no version's example.

    ``released`` is what the releases froze; None where nothing says so, as in a set that no project keeps.
    """

    common: Source
    catalog: Source
    prescribed: Source
    contracts: tuple[Contract, ...]
    strays: tuple[str, ...] = ()
    released: Released | None = None

    @property
    def definitions(self) -> dict[str, dict[str, Any]]:
        """The shared scalars by name."""
        defs: dict[str, dict[str, Any]] = self.common.tree.get("$defs", {})
        return defs

    def versions(self, name: str) -> tuple[Contract, ...]:
        """All versions of one contract, oldest first."""
        return tuple(contract for contract in self.contracts if contract.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the contracts, sorted."""
        return tuple(sorted({contract.name for contract in self.contracts}))


def version_key(version: str) -> tuple[int, ...]:
    """A version as numbers, so that 0.10 follows 0.9."""
    return tuple(int(part) for part in version.split("."))


def load(root: Path) -> ContractSet:
    """Read every contract below ``root/contracts``.

    Raises:
        ContractsInvalid: The files and the catalog do not name the same versions.
        InvalidArtifact: A file is not YAML as the contracts may use it, or what was released cannot be read.
        MissingArtifact: The catalog, the shared definitions or the prescribed names are missing.
    """
    folder = root / "contracts"
    catalog = _source(folder / "catalog.yaml", root)
    entries = _entries(catalog)
    released = read_released(root)
    frozen = released.contract_paths if released else frozenset()
    files = _files(folder, root)
    findings = [
        Finding(path, 1, "L01", "the file stands in no entry of the catalog", "add it to contracts/catalog.yaml")
        for path in files.keys() - entries.keys()
        if FILE_NAME.match(files[path].name)
    ] + [
        Finding(
            catalog.path,
            catalog.line(f"/schemas/{index}"),
            "L01",
            f"there is no file {path}",
            f"bring it back: {RELEASED} lists it" if path in frozen else "remove the entry",
        )
        for path, (index, _) in entries.items()
        if path not in files
    ]
    contracts = []
    for path, file in files.items():
        match = FILE_NAME.match(file.name)
        if match is None:
            hint = "rename it, or keep it elsewhere"
            findings.append(Finding(path, 1, "L02", "the name is not <contract>.v<major>_<minor>.yaml", hint))
        elif path in entries:
            contracts.append(_contract(match, _source(file, root), entries[path][1], folder, root))
    if findings:
        raise ContractsInvalid(findings)
    return ContractSet(
        common=_source(folder / "common.v1.yaml", root),
        catalog=catalog,
        prescribed=_source(folder / "prescribed_names.yaml", root),
        contracts=tuple(sorted(contracts, key=lambda contract: contract.order)),
        strays=_strays(folder / "examples", root, contracts),
        released=released,
    )


def _files(folder: Path, root: Path) -> dict[str, Path]:
    """What is, or was meant to be, a contract version, by path: a mistyped ending must not hide one."""
    found = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS and not path.is_dir())
    return {
        path.relative_to(root).as_posix(): path
        for path in found
        if path.name not in OTHERS and not path.name.startswith(".")
    }


def _entries(catalog: Source) -> dict[str, tuple[int, dict[str, Any]]]:
    """The catalog's entries with their numbers, by the path of the file that each describes."""
    tree: object = catalog.tree  # what its type says is not settled before the linter has looked
    listed = tree.get("schemas") if isinstance(tree, dict) else None
    entries = listed if isinstance(listed, list) else [None]
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
            line = catalog.line(f"/schemas/{index}")
            hint = "write a list of mappings under schemas, each with the path of a file"
            raise ContractsInvalid([Finding(catalog.path, line, "L01", "an entry of the catalog names no file", hint)])
    return {entry["path"]: (index, entry) for index, entry in enumerate(entries)}


def _contract(match: re.Match[str], source: Source, entry: Mapping[str, Any], folder: Path, root: Path) -> Contract:
    version = match["major"] if match["minor"] is None else f"{match['major']}.{match['minor']}"
    examples = tuple(
        Example(file.stem, verdict == "valid", file.relative_to(root).as_posix(), file.read_bytes())
        for verdict in ("valid", "invalid")
        for file in sorted((folder / "examples" / match["name"] / version / verdict).glob("*.json"))
    )
    return Contract(match["name"], version, source, entry, examples)


def _strays(folder: Path, root: Path, contracts: list[Contract]) -> tuple[str, ...]:
    """Files in the folder of a version that does not exist, or beside examples; hidden ones do not count."""
    known = {example.path for contract in contracts for example in contract.examples}
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return tuple(sorted({path.relative_to(root).as_posix() for path in files} - known))


def _source(path: Path, root: Path) -> Source:
    name = path.relative_to(root).as_posix()
    try:
        data = path.read_bytes()
        document = parse_yaml(data)
    except FileNotFoundError:
        raise MissingArtifact(name, hint="the compiler needs it") from None
    except InvalidArtifact as error:
        reason = f"{name}: {error.reason}"
        raise InvalidArtifact(
            reason, path=name, line=error.line_number, column=error.column, offset=error.offset, hint=error.hint
        ) from error
    tree: Any = document.value
    return Source(name, tree, document.lines, hashlib.sha256(data).hexdigest())
