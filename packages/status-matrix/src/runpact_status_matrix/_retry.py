"""Whether and when a request is made again. Decisions are pure; `persist` waits by what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_core.tables import span
from runpact_status_matrix._reply import Answer, HttpFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from runpact_status_matrix._policy import Deadline, Outside, Settings

__all__ = ["persist", "wait_before_next"]


def wait_before_next(failed: HttpFailed, tried: int, settings: Settings, left_s: float, jitter: float) -> float | None:
    """Seconds to wait before the next attempt; None where there is to be none.

    What the server asks for is waited for in full, plus a part of the first pause so that many do not come back at
    once. Else the pause doubles, and half of it is by chance.

    Args:
        failed: What the last attempt came to.
        tried: How many attempts there were.
        settings: The limits.
        left_s: Seconds that the source has left.
        jitter: From 0 to 1.
    """
    if not failed.again or tried >= settings.attempts:
        return None
    if failed.retry_after_s is not None:
        wait = failed.retry_after_s + settings.backoff_s * jitter
    else:
        wait = settings.backoff_s * 2.0 ** (tried - 1) * (0.5 + jitter / 2)
    return wait if wait < left_s else None


def persist(
    ask: Callable[[], Answer], settings: Settings, outside: Outside, deadline: Deadline, notes: list[str]
) -> Answer:
    """Ask until there is an answer or no sense in asking; each further attempt is noted.

    Raises:
        HttpFailed: Of the last attempt. ``rate-limited`` where the server asked for more time than there is.
    """
    tried = 0
    while True:
        tried += 1
        try:
            return ask()
        except HttpFailed as failed:
            wait = wait_before_next(failed, tried, settings, deadline.left(), outside.jitter())
            if wait is None:
                raise _final(failed, tried) from failed
            notes.append(f"asked again after attempt {tried}: {failed.message}")
            outside.sleep(wait)


def _final(failed: HttpFailed, tried: int) -> HttpFailed:
    limited = failed.retry_after_s is not None or failed.details.get("status") == 429
    message = failed.message
    if failed.retry_after_s is not None:
        message += f" and asks to come back in {span(failed.retry_after_s)}"
    return HttpFailed(
        "rate-limited" if limited else failed.failure,
        message,
        failed.url,
        retry_after_s=failed.retry_after_s,
        details={**failed.details, "attempts": tried},
    )
