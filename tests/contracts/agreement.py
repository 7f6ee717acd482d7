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

RESIDUE = Path(__file__).with_name("residue.txt")


def residue() -> dict[str, set[str]]:
    """The known disagreements about each contract version; a line without a reason above it is an error."""
    known: dict[str, set[str]] = {}
    reason = ""
    for line in RESIDUE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            reason = line
        elif line:
            assert reason, f"{line} has no reason above it"
            contract, _, place = line.partition(" ")
            assert place not in known.setdefault(contract, set()), f"{line} stands there twice"
            known[contract].add(place)
    return known


@dataclass
class Court:
    """Asks every judge about documents of one contract version, and keeps count."""

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
        for view, stock in self._stock.items():
            says[view] = _gate.admits(self.version, view, value, check_integers=False)
            self.counts[f"{view} {'admits' if says[view] else 'refuses'}"] += 1
            if stock.is_valid(value) != says[view]:
                self.disagreements.add(what)
            if says[view] != (not _gate.problems(self.version, view, value, check_integers=False)):
                self.faults.append(f"{what}: the gate's quick form and its list differ")
        if says["strict"] and not says["tolerant"]:
            self.faults.append(f"{what}: the tolerant view refuses what the strict one admits")
        self._read(what, value)

    def _read(self, what: str, value: dict[str, Any]) -> None:
        """The reader admits just what its gate does, and what it admits makes a model that gives back the bytes."""
        admitted = _gate.admits(self.version, self._gate_of_reading, value, check_integers=True)
        if _gate.admits(self.version, "tolerant", value, check_integers=True):
            self.counts["models"] += 1
            made = _through_model(lambda: documents._model_class(self.version).model_validate(value))
            if made != _json.dumps(value):
                self.faults.append(f"{what}: the model gives back other bytes: {made!r:.300}")
        raw = _json.dumps(value)
        try:
            if _versions.decide(value, [self.version]).version is not self.version:
                self.counts["of another version"] += 1
                return
            document = documents.read(self.version.contract, raw, at=self.version.version)
        except RunpactError:
            self.counts["refused"] += 1
            if admitted and self.version.gate == "record":
                self.faults.append(f"{what}: the reader refuses what its gate admits")
            return
        self.counts["read"] += 1
        if document.read_as == self.version.version and not (admitted and _through_model(document.model) == raw):
            self.faults.append(f"{what}: the reader admits what its gate refuses, or gives back other bytes")

    @property
    def _gate_of_reading(self) -> _gate.View:
        return "strict" if self.version.gate == "configuration" else "tolerant"


def _through_model(make: Callable[[], Record]) -> bytes | str:
    """The bytes that a model gives back, or why there is no model."""
    try:
        return documents.dumps(make())
    except pydantic.ValidationError as error:
        return str(error)
