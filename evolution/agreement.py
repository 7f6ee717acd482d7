"""What each judge says about one document, and the one list of what they are known to disagree about.

The judges: `jsonschema`, the reference; the fast validator, which gates at run time; `documents.read`; the typed model.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pydantic

from runpact_core import _gate, _json, _versions, documents
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runpact_core._catalog import Version
    from runpact_core._record import Record

__all__ = ["RESIDUE", "Court", "residue"]

RESIDUE = Path(__file__).parents[1] / "tests" / "contracts" / "residue.txt"


def residue() -> dict[str, set[str]]:
    """The known disagreements about each contract version.

    Raises:
        ValueError: A line has no reason above it, or stands there twice.
    """
    known: dict[str, set[str]] = {}
    reason = ""
    for line in RESIDUE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            reason = line
        elif line:
            contract, _, place = line.partition(" ")
            if not reason or place in known.setdefault(contract, set()):
                raise ValueError(f"{line} stands there twice, or has no reason above it")
            known[contract].add(place)
    return known


@dataclass
class Court:
    """Asks every judge about documents of one contract version, and keeps count.

    Attributes:
        version: The contract version.
        counts: How many documents there were, and how many each judge admitted or refused.
        disagreements: What the documents were about which the two validators disagree; see `residue`.
        faults: What nobody may ever find, a sentence each.
    """

    version: Version
    counts: Counter[str] = field(default_factory=Counter)
    disagreements: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    @cached_property
    def _stock(self) -> dict[_gate.View, jsonschema.Draft202012Validator]:
        schemas: Mapping[_gate.View, Any] = {
            "strict": json.loads(documents.schema(self.version)),
            "tolerant": json.loads(documents.schema(self.version, strict=False)),
        }
        return {view: jsonschema.Draft202012Validator(schema) for view, schema in schemas.items()}

    def judge(self, what: str, value: dict[str, Any]) -> None:
        """Hear all judges about one document; ``what`` names its kind, such as ``/run_id trailing newline``."""
        self.counts["documents"] += 1
        says: dict[_gate.View, bool] = {}
        is_agreed = True
        for view, stock in self._stock.items():
            says[view] = _gate.admits(self.version, view, value, check_integers=False)
            self.counts[f"{view} {'admits' if says[view] else 'refuses'}"] += 1
            is_agreed = is_agreed and stock.is_valid(value) == says[view]
            if says[view] != (not _gate.problems(self.version, view, value, check_integers=False)):
                self.faults.append(f"{what}: the gate's quick form and its list differ")
        if is_agreed:
            self.counts["agreed"] += 1
        else:
            self.disagreements.add(what)
        if says["strict"] and not says["tolerant"]:
            self.faults.append(f"{what}: the tolerant view refuses what the strict one admits")
        self._read(what, value, says)

    def _read(self, what: str, value: dict[str, Any], says: Mapping[_gate.View, bool]) -> None:
        """The reader admits just what its gate does, and what it admits makes a model that gives back the bytes."""
        # Where an integer is written as a fraction, every view that would admit it refuses it as a file.
        is_whole = says["tolerant"] and _gate.admits(self.version, "tolerant", value, check_integers=True)
        admitted = is_whole and says["strict" if self.version.gate == "configuration" else "tolerant"]
        raw = _json.dumps(value)
        try:
            read = self._document(value, raw)
        except RunpactError:
            self.counts["refused"] += 1
            read = None
            if admitted and self.version.gate == "record":
                self.faults.append(f"{what}: the reader refuses what its gate admits")
        if read and not admitted:
            self.faults.append(f"{what}: the reader admits what its gate refuses")
        if read or is_whole:
            self.counts["models"] += 1
            made = _through_model(read.model if read else lambda: self._model_class.model_validate(value))
            if made != raw:
                self.faults.append(f"{what}: the model gives back other bytes: {made!r:.300}")

    def _document(self, value: dict[str, Any], raw: bytes) -> documents.Document | None:
        """The document as it is read; None where it states another version, of which this one judges nothing."""
        if _versions.decide(value, [self.version]).version is not self.version:
            self.counts["of another version"] += 1
            return None
        document = documents.read(self.version.contract, raw, at=self.version.version)
        self.counts["read"] += 1
        return document if document.read_as == self.version.version else None

    @property
    def _model_class(self) -> type[Record]:
        return documents._model_class(self.version)  # noqa: SLF001 - the class that reading would take


def _through_model(make: Callable[[], Record]) -> bytes | str:
    """The bytes that a model gives back, or why there is no model."""
    try:
        return documents.dumps(make())
    except pydantic.ValidationError as error:
        return str(error)
