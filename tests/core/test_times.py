"""Moments: one frozen table of what the schemas admit, what compares, and what becomes a `datetime`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import _times, documents
from runpact_core.errors import InvalidArtifact
from tests.core.samples import sample

if TYPE_CHECKING:
    from collections.abc import Callable

# text, whether the schema of `time` admits it, whether that of `utc_time` does, seconds since 1970 and nanoseconds
# (None: refused), the `datetime` in ISO form (None: refused)
TABLE: list[tuple[str, bool, bool, tuple[int, int] | None, str | None]] = [
    ("1970-01-01T00:00:00Z", True, True, (0, 0), "1970-01-01T00:00:00+00:00"),
    ("2026-01-19T06:15:12Z", True, True, (1768803312, 0), "2026-01-19T06:15:12+00:00"),
    ("2026-01-19T07:15:12+01:00", True, False, (1768803312, 0), "2026-01-19T07:15:12+01:00"),
    ("2026-01-19T00:45:12-05:30", True, False, (1768803312, 0), "2026-01-19T00:45:12-05:30"),
    ("2026-01-19T06:15:12-00:00", True, False, (1768803312, 0), "2026-01-19T06:15:12+00:00"),
    ("2026-01-19T06:15:12.25Z", True, False, (1768803312, 250_000_000), "2026-01-19T06:15:12.250000+00:00"),
    ("2026-01-19T06:15:12.123456789Z", True, False, (1768803312, 123_456_789), "2026-01-19T06:15:12.123456+00:00"),
    ("2026-01-19T06:15:12.1234567890Z", False, False, None, None),
    ("2026-01-19T06:15:12.Z", False, False, None, None),
    ("2026-01-19T06:15:12,5Z", False, False, None, None),
    ("2016-12-31T23:59:60Z", True, True, (1483228800, 0), "2017-01-01T00:00:00+00:00"),
    ("2016-12-31T23:59:60.5+00:00", True, False, (1483228800, 500_000_000), "2017-01-01T00:00:00.500000+00:00"),
    ("2016-12-31T23:59:61Z", False, True, None, None),
    ("2026-01-19T24:00:00Z", False, True, None, None),
    ("2026-01-19T06:60:00Z", False, True, None, None),
    ("2026-02-29T00:00:00Z", True, True, None, None),
    ("2024-02-29T00:00:00Z", True, True, (1709164800, 0), "2024-02-29T00:00:00+00:00"),
    ("2026-13-01T00:00:00Z", False, True, None, None),
    ("2026-00-01T00:00:00Z", False, True, None, None),
    ("0000-01-01T00:00:00Z", True, True, None, None),
    ("0001-01-01T00:00:00Z", True, True, (-62135596800, 0), "0001-01-01T00:00:00+00:00"),
    ("0001-01-01T00:00:00+23:59", True, False, (-62135683140, 0), "0001-01-01T00:00:00+23:59"),
    ("9999-12-31T23:59:59Z", True, True, (253402300799, 0), "9999-12-31T23:59:59+00:00"),
    (
        "9999-12-31T23:59:59.999999999-23:59",
        True,
        False,
        (253402387139, 999_999_999),
        "9999-12-31T23:59:59.999999-23:59",
    ),
    ("9999-12-31T23:59:60Z", True, True, (253402300800, 0), None),
    ("2026-01-19T06:15:12+24:00", False, False, None, None),
    ("2026-01-19T06:15:12+00:60", False, False, None, None),
    ("2026-01-19T06:15:12+0100", False, False, None, None),
    ("2026-01-19T06:15:12+01", False, False, None, None),
    ("2026-01-19T06:15:12", False, False, None, None),
    ("2026-01-19t06:15:12Z", False, False, None, None),
    ("2026-01-19T06:15:12z", False, False, None, None),
    ("2026-01-19 06:15:12Z", False, False, None, None),
    ("2026-01-19T06:15Z", False, False, None, None),
    ("2026-01-19", False, False, None, None),
    ("20260119T061512Z", False, False, None, None),
    ("2026-01-19T06:15:12Z\n", False, False, None, None),
    (" 2026-01-19T06:15:12Z", False, False, None, None),
    ("+2026-01-19T06:15:12Z", False, False, None, None),
    ("12026-01-19T06:15:12Z", False, False, None, None),
    ("\u0662\u0660\u0662\u0666-01-19T06:15:12Z", False, False, None, None),
    ("1768803312", False, False, None, None),
    ("", False, False, None, None),
]
EPOCH = _times.instant("1970-01-01T00:00:00Z")[0]


@pytest.mark.parametrize(("text", "time", "utc_time", "instant", "iso"), TABLE)
def test_the_table(text: str, iso: str | None, instant: tuple[int, int] | None, *, time: bool, utc_time: bool) -> None:
    """Schema, comparison and `datetime` each say about a text what the table says; every refusal is typed."""
    last_run = documents.validate("last_run", sample("last_run/0.1/tests-passed", ended_at=text))
    assert ("/ended_at" not in {p.pointer for p in last_run if p.rule in {"pattern", "maxLength"}}) is time
    run = documents.validate("run", sample("run/0.1/full", finished_utc=text))
    assert ("/finished_utc" not in {p.pointer for p in run if p.rule in {"pattern", "maxLength"}}) is utc_time
    assert said(_times.instant, text) == (instant and (EPOCH + instant[0], instant[1]))
    assert _times.seconds(text) == (instant and instant[0])
    moment = said(_times.moment, text)
    assert (moment and moment.isoformat()) == iso


def said(function: Callable[[str], Any], text: str) -> Any:
    """What a function makes of a text; None where it refuses with our own error."""
    try:
        return function(text)
    except InvalidArtifact as error:
        return None if repr(text) in error.reason else error


@pytest.mark.parametrize("text", [text for text, time, _, instant, _ in TABLE if time and instant])
def test_a_moment_keeps_its_bytes(text: str) -> None:
    """Through model and back, no moment is rewritten, whether a `datetime` can hold it or not."""
    data = sample("last_run/0.1/tests-passed", ended_at=text)
    document = documents.read("last_run", documents.dumps(data))
    assert document.model().document()["ended_at"] == text


def test_a_model_knows_the_time() -> None:
    """A moment of a model is a string with a `datetime`, and refuses as the function does."""
    document = documents.read("last_run", documents.dumps(sample("last_run/0.1/tests-passed")))
    model: Any = document.model()
    assert issubclass(type(model.started_at), str)
    assert model.started_at == document.data["started_at"]
    assert model.started_at.datetime == datetime.fromisoformat(document.data["started_at"])
    late = sample("last_run/0.1/tests-passed", ended_at="9999-12-31T23:59:60Z")
    model = documents.read("last_run", documents.dumps(late)).model()
    with pytest.raises(InvalidArtifact, match="is outside the years 1 to 9999"):
        _ = model.ended_at.datetime


def test_order_is_that_of_time() -> None:
    """A nanosecond decides, a leap second is the second that follows, and offsets are taken off first."""
    in_order = [
        "0001-01-01T00:00:00+23:59",
        "2016-12-31T23:59:59.999999999Z",
        "2016-12-31T23:59:60Z",
        "2017-01-01T01:00:00.000000001+01:00",
        "2016-12-31T19:00:00.000000002-05:00",
        "9999-12-31T23:59:60-23:59",
    ]
    assert sorted(in_order, key=_times.instant) == in_order
    assert len({_times.instant(text) for text in in_order}) == len(in_order)
    assert _times.instant("2016-12-31T23:59:60Z") == _times.instant("2017-01-01T00:00:00Z")


def test_instants_agree_with_the_standard_library() -> None:
    """Wherever a `datetime` can be made, its distance from 1970 is the one that is compared by."""
    for text, _, _, instant, iso in TABLE:
        if iso and instant and not text.startswith(("0001", "9999")):
            seconds = (datetime.fromisoformat(iso) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
            assert int(seconds) == instant[0], text
