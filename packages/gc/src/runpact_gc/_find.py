"""Which entries somebody means by an id, the beginning of one, or a run id. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_core.errors import UsageFailure
from runpact_gc._protect import PREFIX_CHARS, begins
from runpact_gc._run_ids import unspelt
from runpact_gc.errors import UnknownEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._model import Entry
    from runpact_gc._settings import Settings

__all__ = ["find", "find_one", "known_families", "nearest"]


def find(entries: Sequence[Entry], given: str) -> list[Entry]:
    """The entries of a run id, or the one entry whose id begins so; an id that is given whole comes first.

    Raises:
        UnknownEntry: It names nothing, or begins several ids, or is shorter than four characters.
    """
    by_id = [entry for entry in entries if begins(entry, given)]
    whole = [entry for entry in by_id if entry.id == given.lower()]
    found = whole or [entry for entry in entries if entry.run_id == given] or by_id or _spelt(entries, given)
    if not found:
        raise nearest(given, [*(entry.id for entry in entries), *(entry.run_id or "" for entry in entries)])
    if found is by_id and len(by_id) > 1:
        raise UnknownEntry(given, sorted(entry.id for entry in by_id))
    return found


def find_one(entries: Sequence[Entry], given: str) -> Entry:
    """The one entry that is meant.

    Raises:
        UnknownEntry: As `find`, and where a run has several entries.
    """
    found = find(entries, given)
    if len(found) > 1:
        error = UnknownEntry(given, sorted(entry.id for entry in found))
        error.what = f"{given} has {len(found)} entries"
        error.hint = f"say one of {', '.join(error.candidates[:5])}"
        raise error
    return found[0]


def _spelt(entries: Sequence[Entry], given: str) -> list[Entry]:
    """The entries of glob families whose run id is this one in another spelling."""
    run_id = unspelt(given)
    return [each for each in entries if each.layout == "glob" and each.run_id and unspelt(each.run_id) == run_id]


def nearest(given: str, known: Sequence[str]) -> UnknownEntry:
    """The error for a name that is not known, with the nearest that is."""
    error = UnknownEntry(given or "(empty)")
    if len(given) < PREFIX_CHARS:
        error.hint = f"say at least {PREFIX_CHARS} characters of its id"
        return error
    from difflib import get_close_matches  # only what is wrong needs it

    similar = [name for name in known if name[:2] == given[:2].lower() or name[:9] == given[:9]] or known
    begun = {name[: len(given)]: name for name in similar[:2000] if name}  # of an id the beginning is enough
    close = get_close_matches(given, begun, n=1, cutoff=0.75)
    if close:
        error.hint = f"did you mean {begun[close[0]]}?"
    return error


def known_families(given: Sequence[str], entries: Sequence[Entry], settings: Settings) -> tuple[str, ...]:
    """The families that were asked for, each of which has entries or stands in the configuration.

    Raises:
        UsageFailure: One is not known; the hint names the nearest.
    """
    known = {*(entry.family for entry in entries), *settings.retention, *settings.patterns} if given else set()
    for name in given:
        if name not in known:
            from difflib import get_close_matches  # only what is wrong needs it

            close = get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean {close[0]}?" if close else "see runpact artifacts list"
            raise UsageFailure(f"there is no family {name or '(empty)'}", hint=hint)
    return tuple(given)
