"""What a configuration says and hardly means: patterns that match nothing or too much, rules about nobody. Pure.

None of it is an error: what the files of others say stays valid. `config check` and every plan say it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from runpact_gc._sizes import count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from runpact_gc._model import Decision
    from runpact_gc._settings import Settings

__all__ = ["about_families", "about_patterns", "about_the_store", "going_elsewhere"]

_MOST = 3
_USUAL = ("reports/", "dash/")


def about_patterns(settings: Settings) -> Iterator[str]:
    """Patterns with signs that mean nothing here: braces, and a bracket that does not end."""
    for family, globs in settings.patterns.items():
        for glob in globs:
            if "{" in glob:
                yield f"patterns.{family}: in {glob} the sign {{ stands for itself; write one pattern for each name"
            elif any("[" in part and "]" not in part[part.index("[") + 2 :] for part in glob.split("/")):
                yield f"patterns.{family}: in {glob} the bracket does not end, so [ stands for itself"


def about_families(settings: Settings, known: Collection[str] | None = None) -> Iterator[str]:
    """Rules of families that have neither patterns nor, as far as is known, entries.

    Args:
        settings: The configuration.
        known: Families that have entries; None where nobody looked: then only what looks misspelt is named.
    """
    names = sorted({*settings.patterns, *(known or ())})
    for family in settings.retention:
        if family in names:
            continue
        close = get_close_matches(family, names, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        if close or known is not None:
            yield f"retention.{family}: no pattern and no run has this family, so its rule keeps nothing{hint}"


def about_the_store(settings: Settings, store: str) -> Iterator[str]:
    """Patterns that begin anywhere, so that they also match outside of the store; and those that begin elsewhere."""
    for family, globs in settings.patterns.items():
        for glob in globs:
            if _begins_anywhere(glob):
                yield f"patterns.{family}: {glob} also matches outside {store}/ — {_narrowed(glob, store)}"
            elif _is_elsewhere(_plain(glob), store):
                yield f"patterns.{family}: {glob} matches outside {_apart(store)}: what a rule does not keep goes there"


def going_elsewhere(decisions: Iterable[Decision], settings: Settings, store: str) -> Iterator[str]:
    """Families of which entries go that lie outside of the store, by a pattern that begins anywhere or elsewhere."""
    found: dict[str, list[str]] = {}
    for entry, keep, _ in decisions:
        if not keep and entry.layout == "glob":
            outside = [file.path for file in entry.files if not file.path.startswith(f"{store}/")]
            if outside:
                found.setdefault(entry.family, []).append(outside[0])
    for family, paths in sorted(found.items()):
        glob = next((each for each in settings.patterns.get(family, ()) if _begins_anywhere(each)), None)
        if glob is not None:
            yield f"{_lying(paths, family, f'{store}/')} — {_narrowed(glob, store)}"
        elif far := [path for path in paths if _is_elsewhere(path, store)]:
            yield f"{_lying(far, family, _apart(store))}, as its patterns say"


def _lying(paths: Sequence[str], family: str, where: str) -> str:
    lies = "lies" if len(paths) == 1 else "lie"
    listed = ", ".join([*sorted(paths)[:_MOST], *(["…"] if len(paths) > _MOST else [])])
    return f"{count(len(paths), 'entry', 'entries')} of {family} that would go {lies} outside {where}: {listed}"


def _is_elsewhere(path: str, store: str) -> bool:
    """Whether something lies neither in the store nor where runs and reports lie."""
    return not path.startswith((f"{store}/", *_USUAL))


def _apart(store: str) -> str:
    return f"{store}/, {_USUAL[0]} and {_USUAL[1]}"


def _plain(glob: str) -> str:
    return glob.removeprefix("./").removeprefix("/")


def _begins_anywhere(glob: str) -> bool:
    return any(sign in _plain(glob).split("/", 1)[0] for sign in "*?[")


def _narrowed(glob: str, store: str) -> str:
    return f"write {store}/{_plain(glob)} to mean the store alone"
