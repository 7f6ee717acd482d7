"""The changelog of a release, from the notes in ``changes/``.

towncrier renders the notes; what it renders becomes the newest section of ``CHANGELOG.md``. A section that is there
already, of a release that is prepared again, gets the new notes under its own headings, so that preparing twice with
the same notes changes nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["MARK", "draft", "merged", "newest", "notes", "with_section"]

MARK = "<!-- changes go below -->\n"
KINDS = ("Breaking", "Contracts", "Added", "Changed", "Fixed")
"""The headings of a section, in the order that ``pyproject.toml`` gives them."""

_HEADING = re.compile(r"^## (?P<version>[0-9.]+) \((?P<date>[0-9-]+)\)$", re.MULTILINE)


def notes(root: Path) -> list[Path]:
    """The notes that no release has taken yet."""
    return sorted(path for path in (root / "changes").glob("*.md") if path.name != "README.md")


def draft(root: Path, version: str, date: str) -> str:
    """The section that towncrier makes of the notes; nothing is written."""
    words = ("build", "--draft", "--version", version, "--date", date)
    done = subprocess.run(
        [sys.executable, "-m", "towncrier", *words], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout


def newest(changelog: str) -> tuple[str, str] | None:
    """Version and date of the newest section; None where there is no section."""
    found = _HEADING.search(changelog)
    return (found["version"], found["date"]) if found else None


def with_section(changelog: str, section: str, version: str, date: str) -> str:
    """The changelog with a section on top; a section of that version that is there is taken up in it."""
    head, mark, rest = changelog.partition(MARK)
    if not mark:
        raise ValueError(f"CHANGELOG.md has no line {MARK.strip()}")
    parts = [section]
    found = newest(rest)
    if found and found[0] == version:
        following = _HEADING.search(rest, _end_of_heading(rest))
        end = following.start() if following else len(rest)
        parts.insert(0, rest[:end])
        rest = rest[end:]
    return f"{head}{mark}\n{merged(parts, version, date)}{rest.lstrip()}"


def merged(sections: Iterable[str], version: str, date: str) -> str:
    """One section with the entries of several, each entry once, in the order of the sections."""
    entries: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for section in sections:
        kind = ""
        for line in section.splitlines():
            if line.startswith("### "):
                kind = line.removeprefix("### ")
            elif line.startswith("- "):
                entries[kind].append(line)
            elif kind and line.strip():
                entries[kind][-1] += f"\n{line}"
    blocks = ["\n".join([f"### {kind}", "", *dict.fromkeys(lines), ""]) for kind, lines in entries.items() if lines]
    return "\n".join([f"## {version} ({date})\n", *blocks]) + "\n"


def _end_of_heading(text: str) -> int:
    found = _HEADING.search(text)
    return found.end() if found else 0
