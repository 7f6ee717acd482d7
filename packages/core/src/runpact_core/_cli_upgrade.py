"""``runpact contracts upgrade``: files and trees become the newest version. Parses, calls, prints, exits."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core import documents, edge, files
from runpact_core.errors import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from runpact_core._upgrade_tree import Entry, Plan

__all__ = ["mount"]

_OUTCOMES = ("planned", "upgraded", "left", "live", "newer", "unreadable", "failed")
_SHOWN_AS = {"planned": "would upgrade"}


def mount(contracts: typer.Typer) -> None:
    """Add the word to an application."""
    contracts.command("upgrade")(upgrade)


def upgrade(  # noqa: PLR0913 - the options of the command
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files and folders; - for stdin, with --stdout.", show_default=False),
    ],
    *,
    to: Annotated[str | None, typer.Option(metavar="VERSION", help="The version to make; else the newest.")] = None,
    contract: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only its documents; a file that is named is taken for one.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write the files; else only say what would change.")] = False,
    check: Annotated[bool, typer.Option("--check", help="End with 1 if a document is not of that version.")] = False,
    allow_left: Annotated[
        bool, typer.Option("--allow-left", help="With --check: what is left as it is, with its reason, may stay.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Also name the files that hold no document.")] = False,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print one document upgraded; write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print an upgrade_report document.")] = False,
) -> int:
    """Make documents those of a later version of their contract. Writes nothing without --apply."""
    if stdout or "-" in paths:
        _one_alone(paths, others=apply or check or json or allow_left or every)
        _print_upgraded(paths[0], to, contract)
        return 0
    if allow_left and not check:
        raise UsageFailure("--allow-left says what --check takes for content", hint="add --check")
    done = _tree(paths, to, contract, apply=apply)
    notes = [*done.notes, *(_other(*each) for each in done.others if every)]
    if json:
        edge.tell_document(_document(done, notes))
    else:
        edge.tell(*_lines(done, notes, to))
    outdated = check and done.is_outdated(allow_left=allow_left)
    return max([0, *(each.exit_code for each in done.entries), int(outdated)])


def _tree(paths: Sequence[str], to: str | None, contract: str | None, *, apply: bool) -> Plan:
    """What was found, or what became of it."""
    from runpact_core import _upgrade_tree, runs
    from runpact_core._upgrade_one import Wanted

    if to is not None and contract is None:
        raise UsageFailure("--to is the version of one contract", hint="add --contract NAME")
    wanted = Wanted(contract, to)
    if contract is not None:
        wanted.target(contract)
    done = _upgrade_tree.plan(paths, wanted, now=time.time(), asking=runs.here())
    if apply:
        done = done._replace(entries=tuple(_upgrade_tree.apply(done, wanted)), applied=True)
    return done


def _one_alone(paths: Sequence[str], *, others: bool) -> None:
    if len(paths) > 1:
        raise UsageFailure("one document is printed at a time", hint="name one file, or - alone")
    if others:
        raise UsageFailure("a document that is printed is not written, checked or reported", hint="leave --stdout out")


def _print_upgraded(path: str, to: str | None, contract: str | None) -> None:
    from runpact_core._upgrade_one import changed_number
    from runpact_core._upgrades import VOUCHED_FOR

    limit = documents.MAX_BYTES
    raw = sys.stdin.buffer.read(limit + 1) if path == "-" else files.read_bytes(path, limit=limit)
    name = contract or documents.detect_bytes(raw, name=path).contract
    before = documents.read(name, raw)
    upgraded = documents.upgrade(before, to or documents.newest(name).version)
    unknown = [f"unknown field {pointer}, kept" for pointer in upgraded.unknown_fields()]
    sealed = [VOUCHED_FOR[name]] if name in VOUCHED_FOR and upgraded is not before else []
    number = changed_number(raw) if raw.lstrip()[:1] == b"{" and upgraded is not before else None
    changed = [f"the number {number} does not come back as it is written"] if number else []
    for note in [*map(str, upgraded.problems()), *unknown, *changed, *sealed]:
        edge.say(f"{path}: note: {note}")
    print(documents.dumps(upgraded.data).decode(), end="")


def _other(path: str, why: str) -> str:
    return f"{path} holds no document that was asked for" + (f": {why}" if why else "")


def _lines(done: Plan, notes: Sequence[str], to: str | None) -> list[str]:
    told = [_line(each) for each in done.entries] + [f"note: {_shown(note)}" for note in notes]
    counts = _counts(done)
    parts = [f"{number} {_SHOWN_AS.get(name, name)}" for name, number in counts.items() if number]
    parts += [f"{done.newest} {f'of {to} or later' if to else 'newest'} already", f"{done.other} other"]
    hint = "; nothing was written, --apply does it" if counts["planned"] else ""
    return [*told, f"files: {done.files}; {', '.join(parts)}{hint}"]


def _line(entry: Entry) -> str:
    steps = f"{entry.contract} {entry.old} -> {entry.new}" if entry.new else ""
    lines = f"{entry.lines} lines" if entry.lines else ""
    said = ", ".join(filter(None, (steps, lines, entry.message)))
    return f"{_SHOWN_AS.get(entry.outcome, entry.outcome)}: {_shown(entry.path)}: {said}"


def _counts(done: Plan) -> dict[str, int]:
    return {name: sum(each.outcome == name for each in done.entries) for name in _OUTCOMES}


def _document(done: Plan, notes: Sequence[str]) -> dict[str, Any]:
    return {
        "schema_version": "1.0",
        "applied": done.applied,
        "files": done.files,
        "newest": done.newest,
        "other": done.other,
        "counts": _counts(done),
        "documents": [_told(each) for each in done.entries],
        "notes": [_shown(note) for note in notes],
    }


def _told(entry: Entry) -> dict[str, Any]:
    told = {"path": _shown(entry.path), "outcome": entry.outcome, "message": _shown(entry.message)}
    more = {"contract": entry.contract, "from_version": entry.old, "to_version": entry.new, "lines": entry.lines}
    return told | {name: value for name, value in more.items() if value is not None}


def _shown(text: str) -> str:
    """A text with bytes that are no UTF-8 escaped."""
    return os.fsencode(text).decode(errors="backslashreplace")
