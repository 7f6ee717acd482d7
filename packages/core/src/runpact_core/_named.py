"""`NamedTuple` as `typing` has it, as far as modules need it for which a wrapped command waits.

    TYPE_CHECKING = False
    if TYPE_CHECKING:
        from typing import NamedTuple
    else:
        from runpact_core._named import NamedTuple

Loading `typing` takes as long as starting the interpreter once more. What is made here is a tuple with names for its
parts, defaults, ``_fields`` and ``_replace``; for the type checker it is the other one.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from typing import Any, Self

__all__ = ["NamedTuple"]


class NamedTuple(tuple[object, ...]):
    """The base of a class whose annotations are the names of its parts."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    _field_defaults: dict[str, object] = {}  # noqa: RUF012 - each class gets its own

    def __init_subclass__(cls) -> None:
        """Make the names readable, and nothing more."""
        cls._fields = tuple(cls.__annotations__)
        cls._field_defaults = {name: cls.__dict__[name] for name in cls._fields if name in cls.__dict__}
        for index, name in enumerate(cls._fields):
            setattr(cls, name, _part(index))

    def __new__(cls, *given: object, **named: object) -> Self:
        """The parts by place, then by name, then as they are by default."""
        rest = cls._fields[len(given) :]
        parts = {**cls._field_defaults, **named}
        if len(given) > len(cls._fields) or not set(named) <= set(rest) or not set(rest) <= set(parts):
            message = f"{cls.__name__} is made of {', '.join(cls._fields)}"
            raise TypeError(message)
        return super().__new__(cls, (*given, *(parts[name] for name in rest)))

    def __getnewargs__(self) -> tuple[object, ...]:
        """What a copy is made of."""
        return tuple(self)

    def __repr__(self) -> str:
        """The name of the class, and its parts with theirs."""
        parts = ", ".join(f"{name}={part!r}" for name, part in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({parts})"

    def _replace(self, **changed: object) -> Self:
        """The same with other values for some parts."""
        return type(self)(**{**dict(zip(self._fields, self, strict=True)), **changed})


def _part(index: int) -> Any:
    return property(lambda parts: parts[index])
