"""What every generated model is made of: a base class that keeps unknown fields, and strings that know the time.

The gate of a document is its JSON Schema; a model is the typed view behind the gate. Dumping a model gives back what
was read: fields that were absent stay absent, unknown ones are kept, times keep their bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

from runpact_core import _times

if TYPE_CHECKING:
    from datetime import datetime


class Record(BaseModel):
    """The base of all models: unknown fields are kept, and only the contract's own names are taken."""

    model_config = ConfigDict(extra="allow", protected_namespaces=(), defer_build=True)

    def document(self) -> dict[str, Any]:
        """The document as plain JSON values: names as in the contract, absent fields absent."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Time(str):
    """A moment as RFC 3339 writes it; a string that is never rewritten."""

    __slots__ = ()

    @property
    def datetime(self) -> datetime:
        """The moment as a `datetime` with the offset it was written with, cut to microseconds.

        Raises:
            InvalidArtifact: The text names a day or time that does not exist.
        """
        return _times.moment(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> core_schema.CoreSchema:
        """A string of the document becomes this class; it is dumped as the string it is."""
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema(strict=True))


class UtcTime(Time):
    """A moment in UTC, to the second, with the suffix Z."""

    __slots__ = ()
