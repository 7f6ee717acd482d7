"""``runpact contracts``: the contracts and their documents on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from runpact_core import _cli_upgrade, documents, edge, files
from runpact_core._version import __version__
from runpact_core.errors import RunpactError, UsageFailure
from runpact_core.redact import for_terminal

__all__ = ["app", "contracts", "main"]

_LARGEST = 64 << 20  # bytes of a document that is held to its contract: reports of a large gc have some millions

contracts = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="Show contracts, and hold documents to them.",
)
app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="The hub of Runpact: contracts and their documents.",
)
app.add_typer(contracts, name="contracts")


def main() -> int:
    """The console script ``runpact-core``."""
    return edge.run(app, sys.argv[1:], "runpact-core")


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        print(f"runpact-core {__version__}")
        raise typer.Exit


@contracts.command("list")
def list_contracts(
    *, json: Annotated[bool, typer.Option("--json", help="Print a schema_catalog document.")] = False
) -> None:
    """List every version of every contract, and the file it describes."""
    versions = documents.catalog()
    if json:
        entries = [
            {
                "schema_id": version.contract,
                "major": version.major,
                "version": version.version,
                "path": version.path,
                "status": version.status,
                "gate": version.gate,
                "versioned_by": version.versioned_by,
                "describes": version.describes,
            }
            for version in versions
        ]
        _print_document({"version": 1, "schemas": entries})
        return
    width = max(len(version.contract) for version in versions)
    for version in versions:
        print(f"{version.contract:{width}}  {version.version:4}  {version.status:10}  {version.describes}")


@contracts.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME[@VERSION]", help="Such as run, or run@0.1.")],
    *,
    tolerant: Annotated[bool, typer.Option(help="What readers take, instead of what producers may write.")] = False,
) -> None:
    """Print the JSON Schema of a contract: its newest version, or the one after the @."""
    version = documents.find_contract(name)[-1]
    print(documents.schema(version, strict=not tolerant).decode(), end="")


@contracts.command()
def validate(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Documents; - for stdin.", show_default=False)],
    *,
    contract: Annotated[str | None, typer.Option(help="Name of the contract; else found by name and shape.")] = None,
    strict: Annotated[bool, typer.Option(help="Hold them to what producers may write.")] = False,
) -> int:
    """Say what is wrong with documents; exit code 1 where anything is."""
    if contract is not None:
        documents.find_contract(contract)
    code = 0
    for path in paths:
        try:
            code = max(code, _validate_one(path, contract, strict=strict))
        except RunpactError as error:
            edge.say(f"{path}: {error.line()}")
            code = max(code, error.exit_code)
    return code


def _validate_one(path: Path, contract: str | None, *, strict: bool) -> int:
    raw = _bytes_of(path, _LARGEST)
    name = contract or documents.detect_bytes(raw, name=str(path)).contract
    problems = documents.validate(name, raw, strict=strict, limit=_LARGEST)
    for problem in problems:
        print(for_terminal(f"{path}: {problem}"))
    if problems:
        return 1
    document = documents.read(name, raw, limit=_LARGEST)
    notes = [document.message] if document.message else []
    for note in notes + _unknown(document):
        print(for_terminal(f"{path}: note: {note}"))
    print(for_terminal(f"{path}: valid {name} {document.version}"))
    return 0


_cli_upgrade.mount(contracts)


@contracts.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder; it is made.", show_default=False)],
    *,
    tolerant: Annotated[bool, typer.Option(help="What readers take, instead of what producers may write.")] = False,
) -> None:
    """Write the JSON Schema of every contract version into a folder, as NAME.vVERSION.schema.json."""
    if not folder.is_dir() and os.path.lexists(folder):
        what = "a link that leads nowhere" if folder.is_symlink() and not folder.exists() else "a file"
        raise UsageFailure(f"{folder} is {what}", hint="name a folder")
    files.make_dirs(folder)
    for version in documents.catalog():
        target = folder / f"{version.contract}.v{version.version}.schema.json"
        files.replace(target, documents.schema(version, strict=not tolerant))
    print(for_terminal(f"{len(documents.catalog())} schemas in {folder}"))


def _bytes_of(path: Path, limit: int = documents.MAX_BYTES) -> bytes:
    """A file, or what stdin holds where the path is ``-``; a byte too many there is refused by who reads it."""
    if str(path) == "-":
        return sys.stdin.buffer.read(limit + 1)
    return files.read_bytes(path, limit=limit)


def _unknown(document: documents.Document) -> list[str]:
    return [f"unknown field {pointer}, kept" for pointer in document.unknown_fields()]


def _print_document(data: dict[str, object]) -> None:
    """Print one document of a contract to stdout and nothing else."""
    print(documents.dumps(data).decode(), end="")
