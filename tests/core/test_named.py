"""The tuple with names that does without `typing`: what is used of the other one is the same here."""

from __future__ import annotations

import copy
import importlib.util
import json.encoder
import pickle
import sys

import pytest

from runpact_core import _canonical
from runpact_core._machine import Here
from runpact_core._named import NamedTuple as Light
from runpact_core.errors import Problem


class Point(Light):
    """A place."""

    x: int
    y: int = 2


def point(*given: object, **named: object) -> Point:
    """A place, however it is said."""
    return Point(*given, **named)


def test_parts_are_given_by_place_name_or_default() -> None:
    """A tuple of all its parts, which are read by name as well."""
    for made in (point(1), point(1, 2), point(x=1), point(y=2, x=1)):
        assert (made, made.x, made.y) == ((1, 2), 1, 2)
    assert (Point._fields, Point._field_defaults, repr(point(1))) == (("x", "y"), {"y": 2}, "Point(x=1, y=2)")


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_what_is_not_its_parts_is_refused(given: tuple[int, ...], named: dict[str, int]) -> None:
    """A part that is missing, that is given twice or that is none is a `TypeError`."""
    with pytest.raises(TypeError, match="Point is made of x, y"):
        point(*given, **named)


def test_it_is_a_value() -> None:
    """It cannot be changed, is replaced, copied, pickled, ordered and hashed as a tuple is."""
    made = point(1)
    with pytest.raises(AttributeError):
        made.x = 3
    assert made._replace(y=5) == (1, 5)
    here = Here("build-7", None)
    again = [copy.copy(here), copy.deepcopy(here), pickle.loads(pickle.dumps(here))]  # noqa: S301 - our own bytes
    assert [(type(each), each) for each in again] == [(Here, here)] * 3
    assert min(Problem("/b", "r", "m"), Problem("/a", "r", "m")).pointer == "/a"
    assert len({here, Here("build-7", None)}) == 1


def test_writing_without_the_fast_half_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that lacks the C half of the JSON package writes the same."""
    monkeypatch.setitem(sys.modules, "_json", None)
    spec = importlib.util.spec_from_file_location("slow_canonical", _canonical.__file__)
    assert spec is not None
    assert spec.loader is not None
    slow = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(slow)
    assert slow.encode_basestring_ascii is json.encoder.encode_basestring_ascii
    assert slow.dumps({"b": ["é", 1.5]}) == _canonical.dumps({"b": ["é", 1.5]})
