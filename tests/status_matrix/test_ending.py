"""What an ingest ends with: reasons in one line each, and what people are told about proxies."""

from __future__ import annotations

from typing import Any

import pytest

from runpact_status_matrix._ending import distrust, ending, past_proxies
from runpact_status_matrix._model import Failed, Fetched
from runpact_status_matrix._policy import proxies_from
from tests.status_matrix.ingesting import entry, fetched, ingest, report, write_registry

URL = "https://example.org/releases/latest"


def _blocked(count: int) -> dict[str, Any]:
    return {
        "matrix_rows": [{"runner_id": f"r{number:02}", "policy_effect": "blocking_fail"} for number in range(count)]
    }


@pytest.mark.parametrize(("count", "tail"), [(1, "r00"), (20, "r19"), (21, "r19 and 1 more"), (61, "r19 and 41 more")])
def test_a_reason_names_a_few_and_counts_the_rest(count: int, tail: str) -> None:
    """A line for a log, however many runners there are; the matrix has them all."""
    code, (reason,) = ending((True, True), _blocked(count), [], [], None)
    assert code == 1
    assert reason.startswith("blocking failure: r00")
    assert reason.endswith(tail)


def test_what_could_not_be_written_decides() -> None:
    """3 before 1: what was not written cannot be looked at."""
    assert ending((True, True), _blocked(1), [], ["a.json"], "memory failure") == (3, ("a.json was not written",))
    assert ending((False, False), _blocked(1), [], [], None) == (0, ())
    assert ending((True, False), _blocked(0), [], [], "memory failure") == (1, ("memory failure",))


def test_many_lost_runners_are_given_up_together() -> None:
    """A line of a hundred options helps nobody."""
    names = [f"r{number:02}" for number in range(21)]
    assert "--forget r00 --forget r01 gives up" in distrust(names[:2], names)
    assert "--forget '*' gives up" in distrust(names, names)


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({}, ()),
        ({"HTTPS_PROXY": " "}, ()),
        ({"NO_PROXY": "*"}, ()),
        (
            {"https_proxy": "http://user:secret@proxy:1", "ALL_PROXY": "socks5://p", "HTTP_PROXY": "x"},
            ("https_proxy", "HTTP_PROXY", "ALL_PROXY"),
        ),
    ],
)
def test_proxies_are_known_by_name_alone(environ: dict[str, str], names: tuple[str, ...]) -> None:
    """Their addresses, which may hold passwords, are not kept."""
    assert proxies_from(environ) == names


def test_a_proxy_is_spoken_of_where_a_source_was_not_reached() -> None:
    """Not where all were, not of faults that a proxy does not cause, not of an ingest that was ended."""
    failed = [Failed(slug, "it broke", URL) for slug in ("connection-failed", "timeout")]
    others: list[Fetched | Failed] = [
        fetched(report()),
        Failed("tls-failed", "no", URL),
        Failed("timeout", "ended by SIGTERM", None),
    ]
    assert past_proxies((), failed) == []
    assert past_proxies(("HTTPS_PROXY",), others) == []
    assert past_proxies(("HTTPS_PROXY",), [*others, failed[0]]) == [
        "1 source could not be reached; HTTPS_PROXY is set, but nothing is asked through a proxy"
    ]
    assert past_proxies(("HTTPS_PROXY", "ALL_PROXY"), failed) == [
        "2 sources could not be reached; HTTPS_PROXY, ALL_PROXY are set, but nothing is asked through a proxy"
    ]


def test_the_log_says_that_a_proxy_was_not_used() -> None:
    """People in a company network find it beside the rows that are missing."""
    write_registry(entry("rust"))
    done = ingest(fetch=lambda _: Failed("connection-failed", "its name is not known", URL), proxies=("https_proxy",))
    assert done.log["warnings"] == [
        "1 source could not be reached; https_proxy is set, but nothing is asked through a proxy"
    ]
