"""What ``hatch run release`` does: prepare a release of all six distributions, and check it. Nothing is uploaded.

``prepare`` makes the tree that release: the version, the documents that its commands write, the frozen record, every
generated file, the changelog. It may be repeated until the tag exists: what changed in between is taken over. ``check``
holds the tree to what a release claims, and builds, installs and tries it. docs/releasing.md has the steps around both.

Exit code 1 where a claim does not hold, 2 for words that make no sense, 4 where a release is made already.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import release_build
import release_documents
import release_notes
from build_check import ClaimFailed, check, run
from in_package import ROOT

from codegen.frozen_documents import FOLDER, READS, documents_in, files_of, release_key
from codegen.lint import lint
from codegen.load import load
from codegen.released import PATH, Released, read_released
from evolution.frozen import document_findings, earlier_releases, freeze, reads, record
from runpact_core import documents
from runpact_core.errors import Refused, RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["claims", "main", "prepare"]

SCRIPT = Path(__file__).with_name("release.py")
VERSION = re.compile(r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$")


def prepare(root: Path, version: str, day: str) -> None:
    """Make the tree the release ``version``.

    Raises:
        UsageFailure: The version or the day is not one, or the release before it is of a later day.
        Refused: The release is tagged, or a newer one is made.
        ClaimFailed: A command, or the compiler, does not do what it should.
    """
    if not VERSION.fullmatch(version) or not is_day(day):
        raise UsageFailure(f"no release {version} of {day}", hint="write it like 0.2.0, the date like 2026-01-19")
    if tagged(root, version):
        raise Refused(f"{version} is released: the tag v{version} exists", hint="prepare the next version")
    earlier = earlier_releases(read_released(root), version)
    if earlier and day < earlier[-1].date:
        before = earlier[-1]
        hint = f"name {before.date} or a later day"
        raise UsageFailure(f"{version} of {day} would be older than {before.version}, of {before.date}", hint=hint)
    write(root / "VERSION", f"{version}\n")
    documents.write(root / PATH, record(earlier), contract="released")
    codegen(root)  # the commands say the new version
    run(sys.executable, SCRIPT, "documents", root / FOLDER / version, cwd=root)
    files = files_of(root, version)
    documents.write(root / PATH, record(freeze(load(root), files, version, day).releases), contract="released")
    codegen(root)  # the compatibility matrix reads the new documents
    take_notes(root, version, day)


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, as ``2026-01-19``."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def keep_documents(folder: Path) -> int:
    """Make the documents of all commands and the table of how they read, in place of what the folder has."""
    made = release_documents.make(Path(sys.executable).parent)
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    placed = {f"{FOLDER}/{folder.name}/{name}": data for name, data in made.items()}
    write(folder / READS, reads(documents_in(placed)))
    return len(made)


def take_notes(root: Path, version: str, day: str) -> None:
    """Turn the notes into the release's section of the changelog, and remove them."""
    path = root / "CHANGELOG.md"
    section = release_notes.draft(root, version, day) if release_notes.notes(root) else ""
    write(path, release_notes.with_section(path.read_text(encoding="utf-8"), section, version, day))
    for note in release_notes.notes(root):
        note.unlink()


def claims(root: Path) -> list[str]:
    """What a release claims and the tree does not keep, in sentences; empty for a release."""
    version = (root / "VERSION").read_text(encoding="utf-8").strip()
    contracts = load(root)
    released = contracts.released or Released((), "")
    wrong = [str(finding) for finding in (*lint(contracts), *document_findings(root, released))]
    wrong += [f"{PATH}: {problem}" for problem in documents.validate("released", root / PATH, strict=True)]
    newest = released.releases[-1] if released.releases else None
    if newest is None or newest.version != version:
        return [*wrong, f"VERSION says {version}, and {PATH} has no such release as its newest"]
    heading = release_notes.newest((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if heading != (version, newest.date):
        wrong.append(f"the newest heading of CHANGELOG.md is not that of {version} ({newest.date})")
    wrong += [f"changes/{note.name} is in no release" for note in release_notes.notes(root)]
    if not lint(contracts) and freeze(contracts, files_of(root, version), version, newest.date) != released:
        wrong.append(f"{PATH} is not what prepare makes of this tree: something is not frozen")
    for each in released.releases:
        files = files_of(root, each.version)
        if files.get(f"{FOLDER}/{each.version}/{READS}", b"").decode() != reads(documents_in(files)):
            wrong.append(f"the documents of {each.version} do not read as on the day of the release")
        wrong += [] if kept(root, each.version, released) else [f"{PATH} is not what it was at the tag {each.tag}"]
    return wrong


def kept(root: Path, version: str, released: Released) -> bool:
    """Whether the record of a tagged release, and of all before it, is as it was at the tag."""
    if not tagged(root, version):
        return True
    with tempfile.TemporaryDirectory() as text:
        then = Path(text)
        (then / PATH).parent.mkdir()
        (then / PATH).write_bytes(git(root, "show", f"v{version}:{PATH}").stdout)
        before = read_released(then) or released
    upto = [each for each in released.releases if release_key(each.version) <= release_key(version)]
    return list(before.releases) == upto


def tagged(root: Path, version: str) -> bool:
    """Whether the repository has the tag of a release."""
    return git(root, "rev-parse", "--verify", "--quiet", f"refs/tags/v{version}").returncode == 0


def git(root: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """What git answers; its exit code is the caller's to judge."""
    return subprocess.run(["git", *words], cwd=root, check=False, capture_output=True)  # noqa: S607 - git of the PATH


def codegen(root: Path) -> None:
    """Compile the contracts, in a process of its own: this one has the modules of before."""
    run(sys.executable, "-m", "codegen", cwd=root)


def write(path: Path, text: str) -> None:
    """A text file with the line ends of the repository."""
    path.write_text(text, encoding="utf-8", newline="\n")


def built() -> str:
    """Build, install and use the commit; what was found."""
    changed = run("git", "status", "--porcelain").splitlines()
    check(not changed, f"everything is committed, but {len(changed)} files: what is built comes from git")
    with tempfile.TemporaryDirectory(prefix="runpact release ") as text:
        count = release_build.ship(Path(text))
    return (
        f"built from a clean clone, installed without an index, alone and together; {count} documents written and read"
    )


def main(arguments: Sequence[str]) -> int:
    """Do what the words say; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./hatchw run release", description="Prepare and check a release.")
    commands = parser.add_subparsers(dest="command", required=True)
    preparing = commands.add_parser("prepare", help="make the tree a release")
    preparing.add_argument("version")
    preparing.add_argument("--date", default=f"{datetime.now(UTC):%Y-%m-%d}", help="its day in UTC (default: today)")
    checking = commands.add_parser("check", help="hold the tree to what a release claims")
    checking.add_argument("--no-build", action="store_true", help="leave out building, installing and trying")
    commands.add_parser("documents", help="write the documents of all commands").add_argument("folder")
    options = parser.parse_args(arguments)
    try:
        if options.command == "documents":
            print(f"wrote {keep_documents(Path(options.folder))} documents")
            return 0
        if options.command == "prepare":
            prepare(ROOT, options.version, options.date)
            print(f"prepared {options.version}: look at it, commit it, check it, then tag it v{options.version}")
            return 0
        wrong = claims(ROOT)
        for sentence in wrong:
            print(sentence, file=sys.stderr)
        check(not wrong, f"{len(wrong)} of the claims of a release do not hold")
        print("the version, the changelog, the frozen record and its documents agree")
        if not options.no_build:
            print(built())
    except (ClaimFailed, release_documents.Unexpected) as failed:
        print(f"error[release]: {failed}", file=sys.stderr)
        return 1
    except RunpactError as error:
        print(error.line(), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
