"""Laws of a status report: what follows from its results, and which addresses stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core import documents
from runpact_core.errors import UsageFailure
from runpact_status_matrix import _status
from runpact_status_matrix._asset_urls import base_url, url_of
from runpact_status_matrix._status import Identity, Result

RESULTS = st.lists(
    st.builds(
        Result,
        command=st.text("abc", min_size=1, max_size=3),
        status=st.sampled_from(["pass", "fail", "skip"]),
        exit_code=st.integers(-(2**31), 2**32 - 1),
        duration_ms=st.integers(0, 2**53 - 1),
        required=st.booleans(),
        run_id=st.none(),
    ),
    max_size=6,
)
RUST = Identity("rust", "dc-runner-rust", "required", "v1.4.0", "0" * 40)
BASE = "https://github.com/acme/dc-runner-rust/releases/download/v1.4.0/"


@given(RESULTS)
def test_the_whole_follows_from_its_parts(results: list[Result]) -> None:
    """A required failure fails; any other degrades; a pass needs one that passed; the rest is unknown."""
    failed = [result for result in results if result.status == "fail"]
    expected = "unknown"
    if any(result.status == "pass" for result in results):
        expected = "pass"
    if failed:
        expected = "degraded"
    if any(result.required for result in failed):
        expected = "fail"
    assert _status.overall(results) == expected
    assert _status.overall(results[::-1]) == expected
    assert _status.overall([*results, Result("more", "skip", 0, 0)]) == expected


@given(RESULTS, st.integers(-62135596800, 253402300799 - 87600 * 3600), st.integers(1, 87600))
def test_every_report_that_is_composed_may_be_published(results: list[Result], now_s: int, hours: int) -> None:
    """It passes the strict contract and its rule, in every year; the end of freshness is as far away as was meant."""
    report = _status.compose(RUST, results, [], now_s, hours)
    assert documents.validate("runner_status_report", report, strict=True) == []
    assert _status.moment_s(report["generated_at"]) == now_s
    assert _status.moment_s(report["fresh_until"]) - now_s == hours * 3600


@given(RESULTS)
def test_words_say_what_results_say(results: list[Result]) -> None:
    """A result written as a word and read again is the same."""
    named = [
        result._replace(command=f"{result.command}={number}", required=True)
        if result.status != "skip"
        else Result(f"s{number}", "skip", 0, 0)
        for number, result in enumerate(results)
    ]
    words = [f"{each.command}={each.status}:{each.exit_code}:{each.duration_ms}" for each in named]
    assert _status.given(words) == named


@pytest.mark.parametrize(
    "good",
    [
        BASE,
        BASE.rstrip("/"),
        "HTTPS://github.com:443/acme/main/releases/download/v1.4.0",
        "https://github.com/acme/x/releases/download/runner%2Fv1.4.0/",
        "https://gitlab.com/acme/x/-/releases/v1.4.0/downloads/",
        "https://files.example.org/rust/v1.4.0/",
        "https://files.example.org/rust/a1b2c3d4/",
    ],
)
def test_the_address_of_a_release_is_taken(good: str) -> None:
    """GitHub's and GitLab's forms are known; elsewhere the release or its commit stands in the path."""
    base = base_url(good, ("v1.4.0", "a1b2c3d4"))
    assert base == good.rstrip("/") + "/"
    assert url_of(base, "x y") == f"{base}x%20y"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("http://github.com/acme/x/releases/download/v1.4.0/", "is no https URL"),
        ("file:///releases/download/v1.4.0/", "is no https URL"),
        ("https:///releases/download/v1.4.0/", "is no https URL"),
        ("https://h:99999/releases/download/v1.4.0/", "is no URL"),
        ("https://user:word@github.com/acme/x/releases/download/v1.4.0/", "carries credentials"),
        (f"{BASE}?token=1", "has a query or a fragment"),
        (f"{BASE}?", "has a query or a fragment"),
        (f"{BASE}#top", "has a query or a fragment"),
        ("https://github.com/acme/x/releases/latest/download/", "names no release"),
        ("https://github.com/acme/x/releases/download/latest/", "names latest, which moves"),
        ("https://github.com/acme/x/releases/download/L%61test/", "names Latest, which moves"),
        ("https://github.com/acme/x/releases/download/nightly/", "names nightly, which moves"),
        ("https://github.com/acme/x/releases/download/", "names no release"),
        ("https://github.com/acme/x/releases/download/v1.4.0/../v1.5.0/", "has a part that names nothing"),
        ("https://github.com/acme/x/releases/download/v1%0a4/", "has a part that names nothing"),
        ("https://github.com//x/releases/download/v1.4.0/", "has a part that names nothing"),
        ("https://raw.githubusercontent.com/acme/x/main/out/", "names no release"),
        ("https://raw.githubusercontent.com/acme/x/refs/heads/v1.4.0/", "names heads, which moves"),
        ("https://github.com/acme/x/raw/v1.4.0/", "names raw, which moves"),
        ("https://example.org/main/v1.4.0/", "names main, which moves"),
        ("https://example.org/files/", "names no release"),
        ("https://example.org/v1 .4.0/", "is no URL"),
        ("https://example.org\\v1.4.0\\", "is no URL"),
        ("", "is no URL"),
        (
            "https://github.com/acme/x/releases/download/v1.5.0/",
            "names the release v1.5.0, and the report is of v1.4.0",
        ),
        ("https://h/x/-/releases/v11.4.0/downloads/", "names the release v11.4.0/downloads, and the report is of"),
    ],
)
def test_an_address_that_moves_is_refused(bad: str, said: str) -> None:
    """`latest`, branches, builds that are made anew, plain http and whatever names no release; secrets stay unsaid."""
    with pytest.raises(UsageFailure) as caught:
        base_url(bad, ("v1.4.0", ""))
    assert said in str(caught.value)
    assert "word" not in caught.value.line()


@pytest.mark.parametrize("tag", ["v1.4.0", "1.4.0", "rust-v1.4.0", "rust%2Fv1.4.0", "rust/v1.4.0"])
def test_an_address_of_the_report_s_own_release_is_taken(tag: str) -> None:
    """However the tag is spelled, as long as the matrix takes it for the same."""
    base = f"https://github.com/acme/x/releases/download/{tag}/"
    assert base_url(base, ("v1.4.0", "")) == base
