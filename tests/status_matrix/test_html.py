"""The page of a matrix as bytes: the same for the same clock, whole without a network, right for every old matrix."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents
from runpact_status_matrix import _html
from runpact_status_matrix._model import FAILURES
from tests.status_matrix.page_samples import HOSTILE, NOW, hostile, matrix

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "contracts/examples/runner_status_matrix/1/valid").glob("*.json"))


def text(document: dict[str, Any], now: int = NOW) -> str:
    """The page as text."""
    return _html.page(document, now).decode()


def test_samples_hold_to_the_contract() -> None:
    """What the tests show is what the contract admits."""
    for document in (matrix(), *map(hostile, HOSTILE)):
        assert documents.validate("runner_status_matrix", json.dumps(document).encode()) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_published_example_has_a_page(path: Path) -> None:
    """With every field or with the required ones alone, there is a page with a row for each runner."""
    document = json.loads(path.read_bytes())
    rows = re.findall(r'<bdi class="name">([^<]*)</bdi>', text(document))
    assert sorted(rows) == [row["runner_id"] for row in document["matrix_rows"]]
    assert ("The registry has no runners." in text(document)) == (not rows)


def test_the_same_bytes_for_the_same_clock() -> None:
    """Nothing but the matrix and the clock is in the page; rows in another order give the same one."""
    permuted = matrix() | {"matrix_rows": matrix()["matrix_rows"][::-1]}
    assert _html.page(matrix(), NOW) == _html.page(permuted, NOW)
    assert _html.page(matrix(), NOW) != _html.page(matrix(), NOW + 1)


def test_of_rows_as_urgent_the_newest_comes_first() -> None:
    """What broke today stands above what has been broken for a week; rows without a time come last, by name."""
    go = matrix()["matrix_rows"][0]
    times = {
        "a": "2026-01-16T00:00:00Z",
        "b": "2026-01-23T00:00:00Z",
        "c": None,
        "d": None,
        "e": "2026-01-23T09:00:00Z",
    }
    rows = [{**go, "runner_id": name, "since": time} for name, time in times.items()]
    rows = [{field: value for field, value in row.items() if value is not None} for row in rows]
    found = re.findall(r'<bdi class="name">([^<]*)</bdi>', text(matrix() | {"matrix_rows": rows}))
    assert found == ["e", "b", "a", "c", "d"]


def test_style_and_script_are_admitted_by_digest_alone() -> None:
    """The policy names the digests of what stands in the page, and admits nothing else, from nowhere."""
    found = text(matrix())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', found)
    digests = {}
    for kind in ("style", "script"):
        ((attributes, inside),) = re.findall(f"<{kind}([^>]*)>(.*?)</{kind}>", found, re.DOTALL)
        assert attributes == ""
        digests[kind] = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    expected = "; ".join(f"{kind}-src 'sha256-{digest}'" for kind, digest in digests.items())
    assert policy == f"default-src 'none'; {expected}; base-uri 'none'; form-action 'none'"
    assert re.findall(r"\b(?:src|href|action|style|on[a-z]+)=", found.replace('href="#main"', "")) == []


@pytest.mark.parametrize("slug", sorted(FAILURES))
def test_each_failure_class_has_its_meaning(slug: str) -> None:
    """Beside its slug in the row, and once in the list of words."""
    document = matrix()
    document["matrix_rows"] = [document["matrix_rows"][2] | {"failure": slug}]
    assert text(document).count(f"<code>{slug}</code>") == 2
    assert text(document).count(FAILURES[slug].replace("'", "&#39;")) == 2


@pytest.mark.parametrize(
    ("status", "freshness", "verdict"),
    [("fail", "fresh", "blocked"), ("pass", "stale", "governance_fail"), ("pass", "fresh", "ok")],
)
def test_a_row_without_a_verdict(status: str, freshness: str, verdict: str) -> None:
    """Of other producers, which need not state it: its other words decide."""
    row = {"lane_class": "required", "runner_status": status, "freshness_state": freshness}
    document = matrix() | {"matrix_rows": [{**matrix()["matrix_rows"][0], **row}]}
    del document["matrix_rows"][0]["verdict"]
    assert f'<tr data-verdict="{verdict}"' in text(document)


def test_a_report_that_turned_stale_after_the_matrix_was_made() -> None:
    """The row keeps its state, and says that it is no longer so; at the very second it is still fresh."""
    turns = 1_769_407_200  # 2026-01-26T06:00:00Z
    row = next(row for row in matrix()["matrix_rows"] if row["runner_id"] == "rust")
    document = matrix() | {"matrix_rows": [row]}
    note = f'<small class="note" data-turns="{turns}"'
    assert f"{note} hidden>" in text(document, turns)
    assert f"{note}>" in text(document, turns + 1)


def test_a_long_text_is_cut_and_says_so() -> None:
    """A text of a million characters neither fills the page nor is cut in silence."""
    document = matrix()
    document["matrix_rows"][0]["why"] = "x" * 1_000_000
    assert f"{'x' * _html.LONGEST}… (600 of 1,000,000 characters)" in text(document)
    assert len(text(document)) < 60_000


def test_moments_that_no_calendar_has() -> None:
    """A clock beyond the year 9999 makes a page, not an error; so does one before the matrix."""
    assert "at no time that a calendar has" in text(matrix(), 10**15)
    assert 'As of <time id="asof" datetime="2026-01-23T12:00:00Z">2026-01-23 12:00 UTC</time>, in 2 h 0 min' in text(
        matrix(), NOW - 7200
    )


def test_more_failed_commands_than_fit() -> None:
    """Five are named, the rest is counted."""
    document = matrix()
    document["matrix_rows"][0]["status_report"]["failed_commands"] = [f"c{number}" for number in range(7)]
    assert "<bdi>c4</bdi> and 2 more" in text(document).replace("\n", "")


@pytest.mark.parametrize(("who", "column"), [("runner_owners", 6), ("registry_owners", 0), ("nobody", 0)])
def test_the_owner_stands_beside_who_acts_only_where_he_does(who: str, column: int) -> None:
    """Nobody calls the runner's team for an address that the registry's people have to mend."""
    document = matrix() | {"matrix_rows": [matrix()["matrix_rows"][2] | {"who_acts": who}]}
    cells = re.findall(r"<t[hd][ >].*?</t[hd]>", text(document).partition("<tbody>")[2], re.DOTALL)
    assert [number for number, cell in enumerate(cells) if "Web team" in cell] == [column]
