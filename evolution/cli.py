"""The command line of the gate: parse, compare, print, return the exit code.

* 0: every change has the version number that it needs, or an exception that has not expired.
* 1: one has not, an exception has expired, or the contracts of the working tree are wrong. Where only examples are
  wrong, or files that a release froze, the contracts are compared all the same.
* 2: there is nothing to compare with, or the exceptions cannot be read.

With ``--json`` there is a document also where nothing could be compared: it is not ok, and its notes say why.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from codegen.findings import ContractsInvalid
from codegen.lint import lint
from codegen.load import load
from evolution import output_github, output_json, output_markdown, output_text
from evolution.compare import compare
from evolution.exceptions import PATH, Judged, held, judge, read_exceptions
from evolution.model import Comparison
from evolution.sources import open_against, uncommitted
from runpact_core import _times, documents, edge
from runpact_core.errors import InvalidArtifact, RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codegen.findings import Finding
    from codegen.load import ContractSet
    from evolution.exceptions import Use
    from evolution.model import Kind

__all__ = ["Gated", "complain", "gate", "main"]

# Rules that a comparison does not rely on: about what was released, and about examples, but that they are JSON (E03).
_COMPARABLE = ("F", "E01", "E02", "E04", "E05", "E06", "E07")


class Gated(NamedTuple):
    """A comparison with its exceptions, and what has to be known of it, one sentence each."""

    judged: Judged
    notes: tuple[str, ...]


def main(arguments: list[str], root: Path) -> int:
    """Hold the contracts of the project at ``root`` against older ones; the exit code as above."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        gated = gate(options.against, root, _today(options.now_utc))
    except RunpactError as error:
        _show_nothing(error, options.against, options.format)
        return complain(error, github=options.format == "github")
    _show(gated, options.format)
    return 0 if gated.judged.ok else 1


def gate(against: str, root: Path, today: date) -> Gated:
    """Compare the working tree at ``root`` with a git ref, a folder or a wheel.

    Raises:
        ContractsInvalid: The contracts of the working tree cannot be compiled.
        RunpactError: Something cannot be read; the errors of `open_against`, `load` and `read_exceptions`.
    """
    opened = open_against(against, root)
    contracts = load(root)
    findings = lint(contracts)
    if not all(finding.rule.startswith(_COMPARABLE) for finding in findings):
        raise ContractsInvalid(findings)
    comparison = _without(compare(opened.contracts, contracts, opened.label, stepped=_stepped()), opened.incomparable)
    configuration = frozenset(one.name for one in contracts.contracts if one.entry.get("gate") == "configuration")
    judged = judge(comparison, read_exceptions(root), today, configuration=configuration)
    dirty = uncommitted(root) or 0
    changed = "1 file below contracts/ is" if dirty == 1 else f"{dirty} files below contracts/ are"
    said = [f"{changed} not committed; what was compared is the working tree."] if dirty else []
    said += [_finding(one) for one in sorted(findings)]
    judged = held(judged, _frozen(findings, contracts), _edited(opened.contracts, contracts))
    judged = dataclasses.replace(judged, findings=tuple(sorted(findings)))
    return Gated(judged, (*opened.notes, *said, *(_note(use) for use in judged.uses if use.state != "used")))


def complain(error: RunpactError, *, github: bool = False) -> int:
    """Print an error, with a line for each place that it names; its exit code."""
    for path, line, message in _places(error):
        if github:
            print(output_github.annotation("error", path, line, "contracts", message))
        else:
            edge.say(f"{path}:{line}: {message}")
    return edge.complain(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./hatchw run compat",
        description="Compare contracts/ with older contracts, and fail where a change lacks the version it needs.",
    )
    what = "a git ref, a folder with contracts/, or a wheel of runpact-core"
    parser.add_argument("--against", required=True, metavar="REF", help=what)
    forms = parser.add_mutually_exclusive_group()
    for name, words in (
        ("json", "print a document of the contract contract_diff"),
        ("markdown", "print Markdown, for a pull request"),
        ("github", "print annotations of GitHub Actions"),
    ):
        forms.add_argument(f"--{name}", dest="format", action="store_const", const=name, help=words)
    moment = "the moment at which exceptions are judged, in RFC 3339 (default: now)"
    parser.add_argument("--now-utc", metavar="T", help=moment)
    return parser


def _today(moment: str | None) -> date:
    """The day in UTC of a moment that was given, or of now."""
    if moment is None:
        return datetime.now(UTC).date()
    try:
        return _times.moment(moment).astimezone(UTC).date()
    except InvalidArtifact as error:
        raise UsageFailure(f"--now-utc: {error.reason}", hint="such as 2026-01-19T06:15:12Z") from error


def _show(gated: Gated, form: str | None) -> None:
    if form == "json":
        document = output_json.document(*gated)
        problems = documents.validate("contract_diff", document, strict=True)
        if problems:
            raise AssertionError(problems)
        edge.tell_document(document)
    elif form == "markdown":
        print(output_markdown.page(*gated), end="")
    elif form == "github":
        print("\n".join(output_github.lines(*gated)))
    else:
        edge.tell(*output_text.lines(*gated))


def _show_nothing(error: RunpactError, against: str, form: str | None) -> None:
    """What a program, or a page, has instead of a comparison; people have the error."""
    found = error.findings if isinstance(error, ContractsInvalid) else []
    notes = [*map(_finding, found), error.line()]
    if form == "json":
        nothing = Judged(Comparison(against, (), 0), (), ())
        edge.tell_document({**output_json.document(nothing, notes), "ok": False})
    elif form == "markdown":
        print("\n".join(output_markdown.failure(notes)))


def _frozen(findings: Iterable[Finding], contracts: ContractSet) -> dict[tuple[str, str], str]:
    """What of each contract version is not as a release froze it, in a sentence: the file, or else an example."""
    of_file = {one.source.path: (one.name, one.version) for one in contracts.contracts}
    told: dict[tuple[str, str], str] = {}
    for one in sorted(findings, key=lambda finding: finding.rule):
        path = one.message.partition(" was released")[0] if one.rule == "F03" else one.path
        _, _, *example = path.split("/")
        version = of_file.get(path) or tuple(example[:2])
        if one.rule in {"F01", "F02", "F03"} and len(version) == 2:
            told.setdefault((version[0], version[1]), f"{one.rule}: {one.message}")
    return told


def _edited(olds: ContractSet, news: ContractSet) -> set[tuple[str, str]]:
    """The contract versions whose files differ by a byte; a wheel has none."""
    before = {one.source.path: one.source.sha256 for one in olds.contracts if one.source.sha256}
    same = {one.source.path for one in news.contracts if before.get(one.source.path) == one.source.sha256}
    return {(one.name, one.version) for one in news.contracts if one.source.path in before.keys() - same}


def _stepped() -> frozenset[str]:
    """The contracts that the core reads, each version of which is upgraded to the next one."""
    return frozenset(version.contract for version in documents.catalog())


def _finding(one: Finding) -> str:
    return f"{one.path}:{one.line}: {one.rule} {one.message}: {one.hint}."


def _without(comparison: Comparison, kinds: frozenset[Kind]) -> Comparison:
    """The comparison without the kinds of change that its source has no word of."""
    diffs = []
    for diff in comparison.diffs:
        changes = tuple(change for change in diff.changes if change.kind not in kinds)
        if changes:
            verdicts = tuple(verdict for verdict in diff.verdicts if verdict.change.kind not in kinds)
            diffs.append(dataclasses.replace(diff, changes=changes, verdicts=verdicts))
    return dataclasses.replace(comparison, diffs=tuple(diffs)) if kinds else comparison


def _note(use: Use) -> str:
    one = use.approval
    named = f"{PATH}:{one.line}: the exception for {one.contract}, {one.kind} at {one.pointer or '/'},"
    if use.state == "expired":
        return f"{named} expired on {one.expires}: mend the contract, or argue for another day."
    near = f"did you mean {use.near}?" if use.near else "remove it."
    return f"{named} approves nothing: no change is what it names; {near}"


def _places(error: RunpactError) -> list[tuple[str, int, str]]:
    if isinstance(error, ContractsInvalid):
        return [(one.path, one.line, f"{one.rule} {one.message} — {one.hint}") for one in error.findings]
    if isinstance(error, InvalidArtifact) and error.path is not None:
        return [(error.path, error.line_number or 1, error.reason.removeprefix(f"{error.path}: "))]
    return []
