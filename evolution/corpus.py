"""The documents that are put before the judges of one contract version: made, changed, and published ones.

The same documents in the same order for the same contract, on every machine. Each kind of change of each place is
there, in the least document around that place; then come whole documents, changed and new ones, until there are
``LEAST``.
"""

from __future__ import annotations

import json
import random
from itertools import count, islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from evolution import generate, mutate
from runpact_core import documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evolution.generate import Schema
    from runpact_core._catalog import Version

__all__ = ["LEAST", "Exhibit", "Published", "corpus"]

LEAST = 2_500
"""So many documents of one contract version are judged at least."""

_LARGE = 100_000  # characters; one such text in a place is enough, since it costs as much as a hundred others
_TEXTS = 4  # texts of one kind in one place: a text of just the limit and one far from it behave otherwise
_WHOLE = 500  # documents that are judged whole, at least: changed ones,
_NEW = 4  # and as every so manieth a new one
_SEEDS = 1_000  # seeds of these; those before it are for `base_documents`


class Published(Protocol):
    """An example document: what it shows, whether it is valid, its bytes."""

    @property
    def name(self) -> str: ...  # noqa: D102 - as above
    @property
    def valid(self) -> bool: ...  # noqa: D102 - as above
    @property
    def data(self) -> bytes: ...  # noqa: D102 - as above


class Exhibit(NamedTuple):
    """One document: where it comes from, what names it in a message (place and kind of a change), and its value."""

    origin: Literal["generated", "mutated", "published"]
    what: str
    document: dict[str, Any]


def corpus(version: Version, published: Sequence[Published]) -> Iterator[Exhibit]:
    """Every document that is judged of one contract version; examples and what is made stay whole."""
    schema = json.loads(documents.schema(version))
    made = generate.base_documents(schema)
    examples = [(example.name, example.valid, json.loads(example.data)) for example in published]
    yield from (Exhibit("generated", base.name, base.value) for base in made)
    yield from (Exhibit("published", f"example {name}", value) for name, _, value in examples)
    judged = len(made) + len(examples)
    bases = [*(base.value for base in made), *(value for _, is_valid, value in examples if is_valid)]
    for change in _small(bases, schema):
        judged += 1
        yield Exhibit("mutated", change.what, change.document)
    yield from islice(_whole(bases, schema), max(_WHOLE, LEAST - judged))


def _small(bases: Sequence[dict[str, Any]], schema: Schema) -> Iterator[mutate.Change]:
    """Each kind of change of each place, of the least documents; where a text was changed, a few times."""
    seen: dict[str, set[str]] = {}
    for base in bases:
        for change in mutate.small_changes(base, schema):
            tried = seen.setdefault(change.what, set())
            text = change.value if isinstance(change.value, str) else ""
            key = text if len(text) <= _LARGE else "large"
            if key not in tried and len(tried) < _TEXTS:
                tried.add(key)
                yield change


def _whole(bases: Sequence[dict[str, Any]], schema: Schema) -> Iterator[Exhibit]:
    """Single changes of whole documents, drawn at random, and among them new documents; without end, each once."""
    drawn = random.Random(0)  # noqa: S311 - test data, wanted the same each time
    places = [(base, place) for base in bases for place in mutate.places(base, schema)]
    seen = {repr(base) for base in bases}
    for number in count():
        if number % _NEW:
            base, place = drawn.choice(places)
            change = drawn.choice(list(mutate.changes_at(base, place)))
            is_large = isinstance(change.value, str) and len(change.value) > _LARGE
            exhibit = Exhibit("mutated", change.what, {} if is_large else change.document)
        else:
            made = generate.Maker(schema, "random", _SEEDS + number).document()
            exhibit = Exhibit("generated", f"random {_SEEDS + number}", made)
        if (key := repr(exhibit.document)) not in seen:
            seen.add(key)
            yield exhibit
