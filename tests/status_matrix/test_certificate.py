"""The certificate as a value: what is built is whole, its page cannot be broken, and a change of a byte is found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runpact_core import documents
from runpact_status_matrix import _certificate, verify_certificate
from runpact_status_matrix._certificate import Checked
from tests.contracts.examples import ROOT
from tests.status_matrix.certifying import RUST, certificate, write

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

_CLASSES = ["required", "compatibility_non_blocking"]
_ANY = st.text(max_size=20)
_NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
_FOUND = st.tuples(st.sampled_from(["pass", "fail", "skip"]), st.integers(-(2**31), 2**32 - 1), _ANY, _ANY)


def _checks(document: dict[str, Any], found: list[tuple[str, int, str, str]]) -> list[Checked]:
    """A check for everything that is asked, each with what was found; commands fail, which any exit code goes with."""
    asked = _certificate.asked(document["execution_intent"])
    each = zip(asked, found * len(asked), strict=False)
    return [
        Checked(group, name, "fail" if group == _certificate.GROUPS[0] else status, code, detail, 7, evidence)
        for (group, name), (status, code, detail, evidence) in each
    ]


@settings(deadline=None)
@given(
    st.lists(_NAMES, max_size=3),
    st.lists(_FOUND, min_size=1, max_size=4),
    st.sampled_from(_CLASSES),
    st.sampled_from([1, 2]),
)
def test_what_is_built_is_whole_and_comes_back(
    names: list[str], found: list[tuple[str, int, str, str]], lane_class: str, version: int
) -> None:
    """Whatever was found: the contract admits it, reading gives it back byte for byte, and every rule holds."""
    runner: dict[str, Any] = {"class": lane_class, "required_core_checks": names}
    document = certificate(_checks(certificate(version=version, **runner), found), version=version, **runner)
    assert documents.validate("runner_execution_certificate", document, strict=True) == []
    path = write(document)
    assert documents.dumps(documents.read("runner_execution_certificate", path).data) == path.read_bytes()
    checked = verify_certificate(path)
    assert [rule["rule"] for rule in checked["rules"] if rule["result"] != "holds"] == ["registry"]
    assert checked["ok"]
    assert documents.validate("certificate_check", checked, strict=True) == []


def _is_found(path: Path) -> bool:
    """Whether a change shows: a rule is broken, or the file is no longer laid out as we write it, which is told."""
    checked = verify_certificate(path)
    told = {rule["rule"] for rule in checked["rules"] if rule["result"] == "not_checked"}
    return not checked["ok"] or "layout" in told


def test_every_byte_counts() -> None:
    """Each byte of a certificate is changed in three ways: a letter's case, its lowest bit, into a line feed."""
    raw = documents.dumps(certificate([Checked("required_core_checks", "é", "pass")], required_core_checks=["é"]))
    path, missed = Path("c.json"), []
    for place, byte in enumerate(raw):
        for other in {byte ^ 0x20, byte ^ 1, 0x0A} - {byte}:
            path.write_bytes(raw[:place] + bytes([other]) + raw[place + 1 :])
            if not _is_found(path):
                missed.append((place, other))
    assert missed == []


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_any_other_byte_is_found(data: st.DataObject) -> None:
    """Any byte in the place of any other, a byte more, a byte less: none goes unseen."""
    raw = documents.dumps(certificate())
    place = data.draw(st.integers(0, len(raw) - 1))
    other = data.draw(st.binary(max_size=2).filter(lambda each: each != raw[place : place + 1]))
    changed = raw[:place] + other + raw[place + 1 :]
    path = Path("c.json")
    path.write_bytes(changed)
    assert changed == raw or _is_found(path)


def test_the_page(snapshot: SnapshotAssertion) -> None:
    """Facts and checks of a certificate, for people."""
    checks = [
        Checked(
            "command_contract_subset", "governance", "pass", 1, "exit code 1, as expected", 5921, "/reports/x/run.log"
        ),
        Checked("command_contract_subset", "style-check", "fail", 2, "exit code 2 instead of 0", 412),
        Checked("required_core_checks", "runtime.a", "skip", 0, "no device"),
    ]
    assert _certificate.markdown(certificate(checks)) == snapshot


@pytest.mark.parametrize(
    "text",
    [
        "a|b",
        "a\n| b |",
        "<script>alert(1)</script>",
        "[x](https://example.org)",
        "![x](y)",
        "`a` | `b`",
        "a\\|b",
        "\u202ea",
    ],
)
def test_no_text_breaks_out_of_its_cell(text: str) -> None:
    """Whatever a plug-in says: a row has its six cells, the page its rows, and nothing in it is markup."""
    checks = [Checked("required_core_checks", text.replace("\n", " "), "fail", 0, text, None, text)]
    plain = [Checked("required_core_checks", "x", "fail", 0, "x", None, "x")]
    page, usual = (_certificate.markdown(certificate(each)) for each in (checks, plain))
    assert page.count("\n") == usual.count("\n")
    row = page.splitlines()[-1]
    assert row.replace("\\\\", "").replace("\\|", "").count("|") == 7
    assert re.search(r"(?<!\\)<(?!!-- -->)", row) is None
    assert "](" not in row.replace("\\]", "")
    assert "\u202e" not in row


def test_the_published_examples_are_whole() -> None:
    """Digests in the examples of the contract are those of what they stand beside."""
    folder = ROOT / "contracts" / "examples" / "runner_execution_certificate"
    paths = sorted(folder.glob("*/valid/*.json"))
    assert {path.parent.parent.name for path in paths} == {"1", "2"}
    for path in paths:
        rules = verify_certificate(path)["rules"]
        assert {rule["rule"]: rule.get("expected") for rule in rules if rule["result"] == "broken"} == {}, path


def test_a_detail_is_one_line_of_bounded_length() -> None:
    """What a plug-in says is cut, and controls are shown as what they are."""
    entry = Checked("g", "x", "fail", detail="a\nb\x1b[0m" + "x" * 2000).document()
    assert entry["detail"].startswith("a\\x0ab\\x1b[0mxx")
    assert len(entry["detail"]) == 1000
    assert "evidence_ref" not in entry


def test_the_summary_follows_from_the_checks() -> None:
    """Nothing checked is no pass, nor is one check that did not pass; a word of a later release is not counted."""
    assert _certificate.status([]) == "fail"
    assert _certificate.status([{"status": "pass"}]) == "pass"
    for word in ("fail", "skip", "maybe"):
        assert _certificate.status([{"status": "pass"}, {"status": word}]) == "fail"
    assert _certificate.counts([{"status": "maybe"}, {"status": "skip"}]) == {"passed": 0, "failed": 0, "skipped": 1}


def test_the_digest_is_that_of_the_canonical_form() -> None:
    """`proof` is left out; nothing else is."""
    document = certificate()
    digest = document["proof"]["payload_sha256"]
    assert _certificate.payload_sha256(json.loads(json.dumps(document, indent=3))) == digest
    assert _certificate.payload_sha256({**document, "proof": None}) == digest
    assert _certificate.payload_sha256({**document, "more": 1}) != digest
    assert RUST["entrypoints"]["implementation_repo"] == document["runner"]["implementation_repo"]
