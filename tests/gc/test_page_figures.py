"""The figures and the page of a store: sums that hold, bytes that repeat, nothing fetched, nothing of others acting."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from runpact_gc._model import Reason
from runpact_gc._page import Trashed, _figures, render
from runpact_gc._page._render import MOST
from tests.gc.page_samples import DAY, FINDING, NOW, decision, plan, slots, store


def test_growth_adds_up() -> None:
    """The last column is all there is, by family; earlier ones have what had run by then."""
    made = [
        decision("a", "a1", size_bytes=10, time_s=NOW - 3 * DAY),
        decision("a", "a2", size_bytes=5, time_s=NOW),
        decision("b", "b1", size_bytes=7, time_s=NOW - DAY - 1),
    ]
    found = _figures.growth([each.entry for each in made], NOW)
    assert found is not None
    assert found.days == ("2026-01-15", "2026-01-16", "2026-01-17", "2026-01-18", "2026-01-19")
    assert found.families == ("a", "b")
    assert found.bytes == ((0, 10, 10, 10, 15), (0, 0, 0, 7, 7))
    assert found.says == "From 0B on 2026-01-15 to 22B on 2026-01-19."


def test_small_families_count_together() -> None:
    """Beyond six families the others are one band, so the sum is whole."""
    made = [decision(f"f{number}", f"p{number}", size_bytes=100 - number) for number in range(9)]
    found = _figures.growth([each.entry for each in made], NOW)
    assert found is not None
    assert found.families == ("f0", "f1", "f2", "f3", "f4", "f5", None)
    assert found.others == 3
    assert sum(levels[-1] for levels in found.bytes) == sum(range(92, 101))


@pytest.mark.parametrize("ago_days", [0, 1, 30, 31, 62, 300, 5000, 20_000])
def test_columns_are_bounded_and_begin_before_the_first(ago_days: int) -> None:
    """However old the oldest entry is, there are few columns and no entry is outside of them."""
    entry = decision("a", "a1", size_bytes=1, time_s=NOW - ago_days * DAY).entry
    found = _figures.growth([entry], NOW)
    assert found is not None
    assert len(found.days) <= _figures.COLUMNS
    assert (found.bytes[0][0], found.bytes[0][-1]) == (0, 1)
    assert found.days[-1] == "2026-01-19"


def test_the_future_counts_from_now_on() -> None:
    """A date ahead of the clock puts its bytes into the last column, not out of sight."""
    ahead = decision("a", "a1", size_bytes=3, time_s=NOW + 10 * DAY).entry
    found = _figures.growth([ahead], NOW)
    assert found is not None
    assert found.bytes[0][-1] == 3
    assert _figures.growth([], NOW) is None


def test_the_trash_empties_in_order() -> None:
    """What is due comes first and by name; what is left sinks to nothing."""
    found = _figures.freeing(slots(), NOW)
    assert [(each.day, each.due, each.slots, each.size_bytes, each.left_bytes) for each in found] == [
        ("2026-01-19", True, 1, 400_000, 3_790_000),
        ("2026-01-29", False, 2, 1_290_000, 2_500_000),
        ("2026-02-16", False, 1, 2_500_000, 0),
    ]
    assert _figures.freeing([], NOW) == ()
    assert _figures.day(10**15) == "no date"


def test_the_page_has_every_reason() -> None:
    """Each entry with all its reasons, notes and findings, and what goes before what is kept."""
    reasons = (Reason("pinned", "pinned by id", protects=True), Reason("keep-last", "keep-last: 3rd newest of 10"))
    kept = decision("bench", "artifacts/bench/a", *reasons)
    goes = decision("bench", "artifacts/bench/b", Reason("not-kept", "11th newest of 10"), keep=False, time_s=NOW - 9)
    page = render(plan(kept, goes, notes=("no rule",)), slots(), [FINDING], name="here", days=30).decode()
    assert all(text in page for text in ("pinned by id", "keep-last: 3rd newest of 10", "no rule", FINDING.message))
    assert page.index(goes.entry.id) < page.index(kept.entry.id)
    assert "with the next applied plan" in page
    assert "for 30 days" in page


def test_same_values_same_bytes() -> None:
    """The page is a function of its values, in another process with another hash seed too."""
    code = (
        "from tests.gc.page_samples import *; from runpact_gc._page import render; import sys;"
        "sys.stdout.buffer.write(render(store(), slots(), [FINDING], name='x', days=30))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            cwd=__file__.rpartition("/tests/")[0],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": "", "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert made == {render(store(), slots(), [FINDING], name="x", days=30)}


def test_nothing_is_fetched() -> None:
    """The policy admits the style and the script that are in the file, and the file names no address."""
    page = render(store(), slots(), [], name="x", days=30).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'",
        policy[1],
    )
    assert re.findall(r"(?:https?:|url\(|@import|src=|href=\"[^#])", page) == []


def test_a_large_store_is_cut_and_says_so() -> None:
    """The table has the newest entries and what goes; the number that is left out is said, with where they are."""
    made = [decision("a", f"p{number}", time_s=NOW - number) for number in range(MOST + 7)]
    page = render(plan(*made), [], [], name="x", days=30).decode()
    assert page.count("<tr data-s=") == MOST
    assert "7 more entries are not on this page" in page


def test_the_page_says_what_a_column_is() -> None:
    """Columns are sums up to a day, not what came on it, and an operation that has not ended is named."""
    page = render(store(), slots(), [], name="x", days=30, pending="gc 1 was interrupted").decode()
    assert "Each column adds up all entries of the store that had run by that day" in page
    assert "<strong>An operation has not ended.</strong> <bdi>gc 1 was interrupted</bdi>" in page
    assert "has not ended" not in render(store(), slots(), [], name="x", days=30).decode()


def test_columns_that_are_few_have_a_date_each() -> None:
    """Where they are many, those of the ends."""
    page = render(store(), slots(), [], name="x", days=30).decode()
    disk, trash = re.findall(r'<p class="wide([a-z ]*)" aria-hidden="true">(.*?)</p>', page)
    assert (disk[0], re.findall("[0-9-]+", disk[1])) == ("", ["2025-12-02", "2026-01-19"])
    assert (trash[0], re.findall("[0-9-]+", trash[1])) == (" every", ["2026-01-19", "2026-01-29", "2026-02-16"])


def test_an_empty_store_has_a_page() -> None:
    """No entries, no trash: said so, without a picture."""
    page = render(plan(), [], [], name="x", days=30).decode()
    assert "The store is empty." in page
    assert "There are no entries." in page
    assert "The trash is empty." in page
    assert "<svg" not in page


def test_a_slot_of_the_year_unknown() -> None:
    """A time that no calendar has is shown as such."""
    odd = Trashed("a" * 12, "x", 10**15, 10**15, due=False, size_bytes=1, file_count=1)
    page = render(plan(decision("a", "p", time_s=-(10**15))), [odd], [], name="x", days=30).decode()
    assert page.count("no date") >= 3


def test_a_slot_that_nobody_knows_never_ends() -> None:
    """It is in the list of slots, and frees nothing at any time; the page says that gc leaves it alone."""
    stray = Trashed("by-hand", None, NOW, None, due=False, size_bytes=0, file_count=0)
    assert _figures.freeing([stray], NOW) == ()
    page = render(plan(), [stray], [], name="x", days=30).decode()
    assert "1 slot is named in no report: gc leaves it alone." in page
    assert "never" in page


def test_a_time_that_only_one_clock_has_seen() -> None:
    """A slot whose time is over, but that no plan purges yet, is freed today at the earliest and not said to be due."""
    late = Trashed("a" * 12, "x", NOW - 40 * DAY, NOW - 10 * DAY, due=False, size_bytes=5, file_count=1)
    assert _figures.freeing([late], NOW) == (_figures.Freeing("2026-01-19", False, 5, 1, 0),)


def test_a_long_text_is_cut_and_says_so() -> None:
    """A name of a million signs neither fills the page nor is cut in silence."""
    page = render(plan(decision("f" * 1_000_000, "p")), [], [], name="x", days=30)
    assert "(1,000,000 characters)" in page.decode()
    assert len(page) < 40_000
