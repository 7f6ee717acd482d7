"""All that a reviewer of a contract change has to see, as one page: ``python -m evolution review --against REF``.

The verdict and the changes in words come first, then what follows from them: compiled code and its snapshots,
documentation, the text of the contracts. Differences are those of the working tree, files that git does not know
included. The page is bounded: it fits the summary of a step on GitHub, and says what it left out.
"""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evolution import output_markdown
from evolution.cli import complain, gate
from evolution.sources import UnknownRef, commit_of, git
from runpact_core import edge
from runpact_core.errors import RunpactError
from runpact_core.redact import for_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MAX_BYTES", "FileDiff", "changed_files", "main", "page"]

MAX_BYTES: Final = 1_000_000
"""The most bytes of the page; GitHub takes 1 MiB as the summary of a step."""

_FILE_BYTES = 24_000  # of the difference of one file that are shown
_GENERATED = "Generated code"
_SECTIONS: Final = (_GENERATED, "Snapshots", "Documentation", "Text of the contracts")
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/")


@dataclass(frozen=True)
class FileDiff:
    """The difference of one file.

    Attributes:
        path: The file, from the project.
        section: The section of the page that it belongs to.
        text: The difference, as git writes it.
    """

    path: str
    section: str
    text: str

    @property
    def counts(self) -> tuple[int, int]:
        """How many lines came and went."""
        body = [line for line in self.text.splitlines() if not line.startswith(("+++ ", "--- "))]
        return sum(line.startswith("+") for line in body), sum(line.startswith("-") for line in body)


def main(arguments: list[str], root: Path) -> int:
    """Print the page for the project at ``root``, and return 0 whatever the verdict.

    1 where the contracts cannot be compared, 2 where there is no REF.
    """
    parser = argparse.ArgumentParser(
        prog="./hatchw run review",
        description="Print all that a reviewer of a contract change has to see, as Markdown.",
        epilog="The exit code is 0 whatever the verdict is: ./hatchw run compat is the gate.",
    )
    parser.add_argument("--against", default="main", metavar="REF", help="a commit, branch or tag (default: main)")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        files = changed_files(root, _commit(options.against, root))
    except RunpactError as error:
        return edge.complain(error)
    try:
        verdict, code = output_markdown.page(*gate(options.against, root, datetime.now(UTC).date())), 0
    except RunpactError as error:
        code = complain(error)
        verdict = f"❌ The contracts cannot be compared: {for_markdown(error.line())}\n"
    print(page(verdict, files, options.against), end="")
    return code


def _commit(ref: str, root: Path) -> str:
    """The commit that a ref names; what has no history is refused as such."""
    try:
        return commit_of(ref, root)
    except UnknownRef as error:
        if not ref or not Path(ref).exists():
            raise
        hint = "compare contracts with it: ./hatchw run compat"
        raise UnknownRef(f"{ref!r} is no commit, and only a commit has differences to show", hint=hint) from error


def changed_files(root: Path, commit: str) -> list[FileDiff]:
    """Every file that a reviewer of contracts looks at and that differs from a commit, by path.

    Raises:
        RunpactError: git is not there, or does not know the commit.
    """
    names = _names(git(root, *_DIFF, "--name-only", "-z", commit))
    unknown = _names(git(root, "ls-files", "--others", "--exclude-standard", "-z"))
    marked = _generated(root, [*names, *unknown])
    found = []
    for name in names:
        section = _section(name, name in marked)
        if section:
            text = git(root, *_DIFF, commit, "--", f":(literal){name}").decode(errors="backslashreplace")
            found.append(FileDiff(name, section, text))
    for name in unknown:
        section = _section(name, name in marked)
        if section:
            found.append(FileDiff(name, section, _as_new(name, (root / name).read_bytes())))
    return sorted(found, key=lambda file: file.path)


def page(verdict: str, files: Sequence[FileDiff], against: str) -> str:
    """The whole page, of at most `MAX_BYTES` bytes: a pure function of the verdict and the differences."""
    parts = ["# Contracts\n\n", verdict]
    left = MAX_BYTES - sum(len(part.encode()) for part in parts)
    for title in _SECTIONS:
        chosen = [file for file in files if file.section == title]
        text = "".join(f"{line}\n" for line in _shown(title, chosen, against, left // 2))
        left -= len(text.encode())
        parts.append(text)
    return "".join(parts)


def _shown(title: str, files: Sequence[FileDiff], against: str, budget: int) -> Iterator[str]:
    """One section, folded; files that do not fit are counted, and the command that shows them is named."""
    if not files:
        yield from ("", f"**{title}**: no difference")
        return
    added, removed = (sum(column) for column in zip(*(file.counts for file in files), strict=True))
    count = f"{len(files)} file" if len(files) == 1 else f"{len(files)} files"
    yield from ("", f"<details><summary><b>{title}</b>: {count}, +{added} -{removed}</summary>", "")
    left_out = 0
    for file in files:
        shown = "\n".join([for_markdown(file.path), "", *output_markdown.code(_cut(file.text), "diff"), ""])
        budget -= len(shown.encode()) + 1
        if budget < 0:
            left_out += 1
        else:
            yield shown
    if left_out:
        yield from (f"{left_out} of these files are left out here; `git diff {for_markdown(against)}` shows them.", "")
    yield "</details>"


def _cut(text: str) -> str:
    """The beginning of a long difference, in whole lines."""
    if len(text.encode()) <= _FILE_BYTES:
        return text
    kept = text.encode()[:_FILE_BYTES].decode(errors="ignore").rpartition("\n")[0]
    return f"{kept}\n… {text.count(chr(10)) - kept.count(chr(10))} more lines"


def _section(path: str, generated: bool) -> str | None:  # noqa: FBT001 - what an attribute of git says
    """The section that a file belongs to; None where a reviewer of contracts need not see it here."""
    if "/__snapshots__/" in path:
        return "Snapshots"
    if path == "README.md" or path.startswith("docs/"):
        return "Documentation"
    if path.startswith("contracts/"):
        return "Text of the contracts"
    return _GENERATED if generated else None


def _generated(root: Path, names: Sequence[str]) -> set[str]:
    """The files that ``.gitattributes`` marks as generated."""
    asked = b"".join(name.encode(errors="surrogateescape") + b"\0" for name in names)
    fields = _names(git(root, "check-attr", "-z", "--stdin", "linguist-generated", data=asked))
    return {name for name, value in zip(fields[::3], fields[2::3], strict=True) if value in {"set", "true"}}


def _names(data: bytes) -> list[str]:
    return [name.decode(errors="surrogateescape") for name in data.split(b"\0") if name]


def _as_new(path: str, data: bytes) -> str:
    """The difference of a file that git does not know, as that of a new one."""
    lines = [f"+{line}" for line in data.decode(errors="backslashreplace").splitlines()]
    return "\n".join(["--- /dev/null", f"+++ b/{path}", *lines]) + "\n"
