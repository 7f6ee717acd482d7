"""``artifacts verify``: is everything as it was recorded? 1 where something is not."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_gc._options import Config, DashDir, Families, Json, Project, RunsDir, StoreDir, given_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._verify import Verified

__all__ = ["mount"]


def mount(app: typer.Typer) -> None:
    """Add the word to an application."""
    app.command("verify")(verify)


def verify(  # noqa: PLR0913 - the options of the command
    *,
    deep: Annotated[bool, typer.Option("--deep", help="Read everything in the trash too.")] = False,
    family: Families = None,
    json: Json = False,
    project: Project = ".",
    store_dir: StoreDir = None,
    config: Config = None,
    runs_dir: RunsDir = None,
    dash_dir: DashDir = None,
) -> int:
    """Find what is missing, foreign, changed or rotten. Looks in the store and in the trash; 1 where something is."""
    from runpact_core.redact import for_terminal
    from runpact_gc import _config, _verify
    from runpact_gc._progress import progress
    from runpact_gc._sizes import count, short

    settings, places, _ = _config.load(given_places(project, store_dir, config, runs_dir, dash_dir), config is not None)
    started_s = int(time.time())
    with progress("verifying", "files") as told:
        found = _verify.verify(places, settings, now=started_s, deep=deep, families=family or (), progress=told)
    if json:
        sys.stdout.write(_document(found, started_s, deep, family or ()))
        return 1 if found.wrong else 0
    for each in found.findings:
        weight = "note" if each.kind in _verify.ONLY_SAID else "wrong"
        print(for_terminal(f"{weight}: {each.kind}: {each.path}: {each.message}"))
    for note in found.notes:
        print(for_terminal(f"note: {note}"))
    counts, trash = found.counts, found.trash
    store_files = count(counts.files - trash.files, "file", "files")
    print(f"store: {count(counts.entries, 'entry', 'entries')} with {store_files} looked at")
    print(f"trash: {count(counts.slots, 'slot', 'slots')} with {count(trash.files, 'file', 'files')} looked at")
    print(f"{count(counts.digests, 'file', 'files')} read ({short(counts.size_bytes)}); wrong: {found.wrong}")
    return 1 if found.wrong else 0


def _document(found: Verified, started_s: int, deep: bool, families: Sequence[str]) -> str:  # noqa: FBT001 - the option, handed on
    from runpact_core import documents
    from runpact_gc._times import utc
    from runpact_gc._verify import ONLY_SAID

    told = {
        "schema_version": "1.0",
        "verified_utc": utc(started_s),
        "deep": deep,
        "checked": found.counts._asdict(),
        "wrong": found.wrong,
        "findings": [
            {"kind": each.kind, "path": _shown(each.path), "message": _shown(each.message)}
            | {"wrong": each.kind not in ONLY_SAID}
            for each in found.findings
        ],
        "notes": list(found.notes),
    }
    return documents.dumps(told | {"families": list(families)} if families else told).decode()


def _shown(path: str) -> str:
    return os.fsencode(path).decode(errors="backslashreplace")
