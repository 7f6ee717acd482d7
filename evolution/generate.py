"""Documents made from a contract alone: the least it asks for, all that it allows, and random ones between.

Everything is a pure function of the schema (a strict view: self-contained, in the dialect) and of a seed. What is
made is admitted by the schema, cross-field rules apart; a test holds it to that.
"""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from codegen import lint_regex
from codegen.views import LOCAL_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    Schema: TypeAlias = Mapping[str, Any]

__all__ = ["Maker", "Style", "base_documents", "resolve", "text_of_length"]

Style: TypeAlias = Literal["minimal", "maximal", "random"]

RANDOM_DOCUMENTS = 4
_LONGEST = 60  # characters that a string of a maximal document has at most; mutations go to the real limits
_LETTERS = "aZ09 -_/\\\"'\t\x1b\u00e9\u0663\u200f\u2028\ufeff\U0001f9ed"
_WIDE = 2**53 - 1
_SMALL = 2000  # a schema below it is that of few fields, and takes more documents to be tried as often


class Base(NamedTuple):
    """A document to begin with, and a name for it in a message."""

    name: str
    value: dict[str, Any]


def base_documents(schema: Schema) -> list[Base]:
    """One minimal document, one maximal one and some random ones; the same for the same schema."""
    minimal, maximal = (Base(style, Maker(schema, style, 0).document()) for style in ("minimal", "maximal"))
    seeds = range(RANDOM_DOCUMENTS if len(str(schema)) > _SMALL else 3 * RANDOM_DOCUMENTS)
    return [minimal, maximal, *(Base(f"random {seed}", Maker(schema, "random", seed).document()) for seed in seeds)]


def resolve(schema: Schema, root: Schema) -> Schema:
    """The schema that a reference leads to, with the keywords beside the reference."""
    while "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**root["$defs"][schema["$ref"].removeprefix(LOCAL_PREFIX)], **rest}
    return schema


def text_of_length(pattern: str, length: int) -> str | None:
    """A text of exactly that many characters that the pattern takes, or None where the pattern has none."""
    regex = lint_regex.parse(pattern)
    shortest = _sample(regex, 0, None)
    growth = len(_sample(regex, 1, None)) - len(shortest)
    if growth:
        text = _sample(regex, max(0, length - len(shortest)) // growth, None)
        return text if len(text) == length else None
    return shortest if len(shortest) == length else None


class Maker:
    """Makes values of one schema in one style; the same ones in the same order for the same seed."""

    def __init__(self, root: Schema, style: Style, seed: int) -> None:
        self._root = root
        self._style = style
        self._random = random.Random(seed)  # noqa: S311 - test data, wanted the same each time

    def document(self) -> dict[str, Any]:
        """A whole document."""
        made: dict[str, Any] = self._make(self._root)
        return made

    def _make(self, schema: Schema) -> Any:
        schema = resolve(schema, self._root)
        if "const" in schema:
            return schema["const"]
        if "oneOf" in schema:
            return self._make(self._pick(schema["oneOf"]))
        if "enum" in schema:
            return self._pick(schema["enum"])
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        kind = self._pick(kinds)
        if kind in {"integer", "number"}:
            return self._number(schema, kind)
        makers = {"object": self._object, "array": self._array, "string": self._string}
        if kind in makers:
            return makers[kind](schema)
        return None if kind == "null" else self._style == "maximal"

    def _pick(self, options: Any) -> Any:
        if self._style == "random":
            return self._random.choice(options)
        return options[0 if self._style == "minimal" else -1]

    def _some(self, most: int) -> int:
        return {"minimal": 0, "maximal": most, "random": self._random.randint(0, most)}[self._style]

    def _object(self, schema: Schema) -> dict[str, Any]:
        required = schema.get("required", ())
        made = {
            name: self._make(child)
            for name, child in schema.get("properties", {}).items()
            if name in required or self._some(1)
        }
        more = schema["additionalProperties"]
        for _ in range(self._some(2) if more is not False else 0):
            names = schema.get("propertyNames", {"type": "string"})
            made[self._make(names)] = {"a": [1, 1.0, None]} if more is True else self._make(more)
        return made

    def _array(self, schema: Schema) -> list[Any]:
        least = schema.get("minItems", 0)
        most = min(schema.get("maxItems", 2), least + 2)
        return [self._make(schema["items"]) for _ in range(least + self._some(most - least))]

    def _number(self, schema: Schema, kind: str) -> int | float:
        low: int = schema.get("minimum", -_WIDE)
        high: int = schema.get("maximum", _WIDE)
        if self._style == "random":
            return self._random.randint(low, high) if kind == "integer" else self._random.uniform(low, high)
        return low if self._style == "minimal" else high if kind == "integer" else high - 0.5

    def _string(self, schema: Schema) -> str:
        if "pattern" in schema:
            regex, longest = _parsed(schema["pattern"]), schema.get("maxLength", _WIDE)
            rounds = range(self._some(8), -1, -1)
            texts = (_sample(regex, more, self._shuffle()) for more in rounds)
            return next(text for text in texts if len(text) <= longest)
        least = schema.get("minLength", 0)
        length = least + self._some(min(schema.get("maxLength", _LONGEST), _LONGEST) - least)
        return "".join(self._random.choice(_LETTERS) for _ in range(length))

    def _shuffle(self) -> random.Random | None:
        return self._random if self._style == "random" else None


@cache
def _parsed(pattern: str) -> lint_regex.Regex:
    return lint_regex.parse(pattern)


@cache
def _shown(mask: int) -> str:
    """The characters of a set: those that can be seen, else those of ASCII, else one."""
    codes = [code for code in range(128) if mask >> code & 1] or [0xE9]  # any that is not of ASCII
    return "".join(map(chr, [code for code in codes if 0x20 < code < 0x7F] or codes))


def _sample(regex: lint_regex.Regex, more: int, shuffle: random.Random | None) -> str:
    """A text of the pattern, with ``more`` rounds of each repetition than it needs, as far as it may have them."""
    if isinstance(regex, lint_regex.Char):
        shown = _shown(regex.mask)
        return shuffle.choice(shown) if shuffle else shown[0]
    if isinstance(regex, lint_regex.Sequence):
        return "".join(_sample(part, more, shuffle) for part in regex.parts)
    if isinstance(regex, lint_regex.Choice):
        return _sample(shuffle.choice(regex.options) if shuffle else regex.options[-1], more, shuffle)
    rounds = regex.low + (more if regex.high is None else min(more, regex.high - regex.low))
    if shuffle is None:
        return _sample(regex.body, more, None) * rounds
    return "".join(_sample(regex.body, more, shuffle) for _ in range(rounds))
