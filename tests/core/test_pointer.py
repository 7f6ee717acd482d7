"""JSON pointers: making them, following them, and following the ones with a star."""

from __future__ import annotations

from typing import Any

import pytest

from runpact_core import _pointer
from runpact_core._pointer import MISSING

DOCUMENT: dict[str, Any] = {
    "a": [{"b": 1}, {"b": None}, {}],
    "": {"": 2},
    "m~n": 3,
    "x/y": {"*": 4},
    "0": 5,
    "s": "text",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", DOCUMENT),
        ("/a/0/b", 1),
        ("/a/1/b", None),
        ("/a/2/b", MISSING),
        ("/a/3", MISSING),
        ("/a/-1", MISSING),
        ("/a/-", MISSING),
        ("/a/\u0660", MISSING),
        ("/a/\u00b2", MISSING),
        ("/a/00", MISSING),
        ("/a/b", MISSING),
        ("/", {"": 2}),
        ("//", 2),
        ("/m~0n", 3),
        ("/x~1y/*", 4),
        ("/0", 5),
        ("/s/0", MISSING),
        ("/none", MISSING),
    ],
)
def test_resolve(path: str, value: object) -> None:
    """Members by their name, elements by a plain index; what is not there is MISSING, which None is not."""
    found = _pointer.resolve(DOCUMENT, path)
    assert found == value
    assert (found is MISSING) is (value is MISSING)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", [("", DOCUMENT)]),
        ("/a/*/b", [("/a/0/b", 1), ("/a/1/b", None)]),
        ("/x~1y/*", [("/x~1y/*", 4)]),
        ("/*/b", []),
        ("/a/0", []),
        ("/none/*", []),
        ("/s/*", []),
        ("/m~0n", [("/m~0n", 3)]),
    ],
)
def test_matches(path: str, found: list[tuple[str, Any]]) -> None:
    """A star is every element or name; each value comes with its own pointer, elements only through a star."""
    assert list(_pointer.matches(DOCUMENT, path)) == found


def test_star_at_the_top() -> None:
    """Every member of the document, in its order."""
    assert [place for place, _ in _pointer.matches(DOCUMENT, "/*")] == ["/a", "/", "/m~0n", "/x~1y", "/0", "/s"]


def test_a_pointer_resolves_to_what_it_was_made_of() -> None:
    """Parts with slashes, tildes and nothing in them come back; indexes are written in decimal."""
    assert _pointer.pointer([]) == ""
    assert _pointer.pointer(["a", 2, "b"]) == "/a/2/b"
    for name in ("", "/", "~", "~1", "~0", "~01", "a/b~c"):
        assert _pointer.resolve({name: {"in": 7}}, _pointer.pointer([name, "in"])) == 7


def test_missing_says_what_it_is() -> None:
    """In a message it is not taken for a value."""
    assert repr(MISSING) == "MISSING"
