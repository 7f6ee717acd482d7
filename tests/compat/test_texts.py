"""Changes of patterns and lengths: the verdict is certain for every text, or says that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evolution.compare import compare
from evolution.texts import witnesses
from tests.compat.sample_contracts import between, changed, contract_set

if TYPE_CHECKING:
    from codegen.load import Contract
    from evolution.model import Level, Verdict

NOTE = "    maxLength: 20\n"
WORD = "^[a-z][a-z0-9_]*$"
RARE = "^(?:[a-pr-z][a-z0-9_]*|q[a-z0-8_]*|q)$"
ALIKE = "^[a-z](?:[a-z0-9_])*$"
SURE = ", as every other text would"


def noted(pattern: str = "", most: int = 20, *edits: tuple[str, str], version: str = "1.0") -> Contract:
    """The sample, whose note has a pattern and a length."""
    lines = (f"    pattern: '{pattern}'\n" if pattern else "") + f"    maxLength: {most}\n"
    return changed((NOTE, lines), *edits, version=version)


def verdicts(old: Contract, new: Contract, steps: Any = None) -> dict[tuple[str, Level], Verdict]:
    """What is said, by kind of change and level."""
    news = contract_set(*([old] if new.version != old.version else []), new)
    (diff,) = compare(contract_set(old), news, "before", steps=steps or {}).diffs
    return {(one.change.kind, one.level): one for one in diff.verdicts}


@pytest.mark.parametrize(
    ("old", "new", "read", "write"),
    [
        (noted(WORD), noted(RARE), "q9", None),
        (noted(RARE), noted(WORD), None, "q9"),
        (noted(WORD), noted(ALIKE), None, None),
        (noted(WORD), noted("^[a-z][a-z0-9_]{0,19}$"), None, None),
        (noted(WORD), noted("^[a-z][a-z0-9_]{0,18}$"), "a" * 20, None),
        (noted("^(?:a|b)+$"), noted("^[ac]+$"), "b", "c"),
    ],
)
def test_a_changed_pattern_is_judged_for_every_text(
    old: Contract, new: Contract, read: str | None, write: str | None
) -> None:
    """Where one rare text tells two patterns apart, it is shown; where none does, that is said to be certain."""
    said = verdicts(old, new)
    levels: tuple[tuple[Level, str | None], ...] = (("READ", read), ("WRITE", write))
    for level, text in levels:
        verdict = said["pattern-changed", level]
        shown: Any = verdict.proof.counterexample
        assert (shown and shown["note"], verdict.compatible) == (text, text is None)
        assert (SURE in verdict.proof.says) is verdict.compatible


def test_the_number_follows_from_certainty() -> None:
    """A pattern that has the same texts needs a minor version, one that lost a rare text a major one."""
    old = noted(WORD)
    for pattern, needed in ((ALIKE, "minor"), (RARE, "major")):
        new = noted(pattern, version="1.1")
        (diff,) = compare(contract_set(old), contract_set(old, new), "before").diffs
        assert (diff.required, diff.ok) == (needed, needed == "minor")


def test_a_pattern_added_or_removed_that_refuses_nothing_is_compatible() -> None:
    """A pattern that every text of the length fits breaks nobody."""
    said = verdicts(noted("", 1), noted(r"^(?:[\x00-\x7f]|[^\x00-\x7f])*$", 1))
    assert [said["pattern-added", level].compatible for level in ("READ", "WRITE")] == [True, True]
    assert SURE in said["pattern-added", "READ"].proof.says
    said = verdicts(noted("^[^~]*$"), noted())
    assert [said["pattern-removed", level].compatible for level in ("READ", "WRITE")] == [True, False]
    shown: Any = said["pattern-removed", "WRITE"].proof.counterexample
    assert shown["note"] == "~"


def test_a_length_beside_a_pattern_is_judged_for_the_texts_of_the_pattern() -> None:
    """A tighter length breaks only where the pattern has a text of a length between."""
    five = "^(?:[a-z]{5})*$"
    said = verdicts(noted(five, 12), noted(five, 8))
    shown: Any = said["bound-tightened", "READ"].proof.counterexample
    assert shown["note"] == "a" * 10
    said = verdicts(noted(five, 9), noted(five, 5))
    assert {level: one.compatible for (_, level), one in said.items()} == {"READ": True, "WRITE": True}
    assert SURE in said["bound-tightened", "READ"].proof.says


def test_what_is_not_decided_takes_the_answer_of_the_table() -> None:
    """Where patterns cannot be compared and no document breaks, the kind of change decides, and that is said."""
    large = "^[ab]*a[ab]{30}$"
    said = verdicts(noted(large, 60), noted("^[ab]*a[ab]{30}b?$", 60))
    verdict = said["pattern-changed", "READ"]
    assert (verdict.compatible, verdict.proof.kind, verdict.proof.counterexample) == (False, "documents", None)
    assert verdict.proof.says == (
        f"old data, new reader: {verdict.proof.passed} documents passed, but the patterns are too large to compare; "
        "judged by the kind of change"
    )
    assert verdict.proof.passed >= 8
    beyond = verdicts(noted(r"^[\u0400-\u04ff]*$"), noted(r"^[\u0400-\u04ff\u0500]*$"))["pattern-changed", "READ"]
    assert not beyond.compatible
    assert "names characters beyond ASCII" in beyond.proof.says


def test_a_text_that_is_too_long_to_show_is_no_proof_that_all_pass() -> None:
    """A length beyond what is tried does not hold for want of a document."""
    said = verdicts(noted(WORD, 6_000_000), noted(WORD, 5_500_000))
    assert not said["bound-tightened", "READ"].compatible
    assert "texts of more than 5000000 characters" in said["bound-tightened", "READ"].proof.says
    assert said["bound-tightened", "WRITE"].compatible


def test_a_step_that_mends_texts_is_judged_by_documents() -> None:
    """Where a step makes old texts fit, the shortest text that did not fit is among the documents that passed."""
    old, new = noted("^[a-z-]*$"), noted("^[a-z]*$", version="1.1")

    def mended(data: Any) -> dict[str, Any]:
        note = {"note": data["note"].replace("-", "")} if "note" in data else {}
        return {**data, **note, "schema_version": "1.1"}

    read = verdicts(old, new, {("thing", "1.1"): mended})["pattern-changed", "READ"]
    assert read.compatible
    assert SURE not in read.proof.says


def test_names_of_maps_and_branches_are_compared_each_with_its_own() -> None:
    """The pattern of a map's names is one; of two branches, only the one that changed is judged."""
    said = verdicts(changed(), changed(("pattern: ^[a-z]+$", "pattern: ^(?:[a-pr-z][a-z]*|q[a-y]*)$")))
    shown: Any = said["pattern-changed", "READ"].proof.counterexample
    assert list(shown["counts"]) == ["qz"]
    forms = between("      radius:", "  square:"), between("      side:", "x-rules")

    def shaped(of_round: str) -> Contract:
        names = (
            f"      size: {{type: string, description: S., pattern: '{pattern}', maxLength: 9}}\n"
            for pattern in (of_round, "^b+$")
        )
        shapes = [(before, after) for before, after in zip(forms, names, strict=True)]
        required = [("[form, radius]", "[form, size]"), ("[form, side]", "[form, size]")]
        return changed(*shapes, *required)

    said = verdicts(shaped("^a+$"), shaped("^a{1,9}$"))
    assert {level: one.compatible for (_, level), one in said.items()} == {"READ": True, "WRITE": True}
    assert all(SURE in one.proof.says for one in said.values())


def test_texts_are_asked_for_only_where_there_are_any() -> None:
    """A schema that lists its values, or has none that are texts, has no shortest text beyond another."""
    other = {"type": "string", "pattern": "^b$", "minLength": 1, "maxLength": 1}
    assert list(witnesses({"type": "integer"}, other)) == []
    assert list(witnesses({"type": "string", "enum": ["a"]}, other)) == []
    assert list(witnesses({"type": ["string", "null"], "maxLength": 2}, other)) == ["", "aa", ""]
    assert list(witnesses({"type": "string", "pattern": "^[ab]{40}$"}, {"pattern": r"^\u0400$"})) == []
