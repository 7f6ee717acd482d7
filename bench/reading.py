"""Reading: from bytes to a validated, typed run; against the reference validator, and against bare pydantic.

The peers get the same bytes, a schema or model of the same contract version, made once, and nothing else to do: the
reference validator makes no model, and bare pydantic neither refuses duplicate keys nor knows a version.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema

from bench.measure import repeated
from bench.row import Budget, Pair, Row, at_least, at_most
from bench.samples import large_run, small_run
from runpact_core import documents, models

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["ROWS"]

OURS = "documents.read(…).model()"
REFERENCE = "json.loads + jsonschema"
BARE = "pydantic model_validate_json"


def _ours(raw: bytes) -> Callable[[], object]:
    return lambda: documents.read("run", raw).model()


def _against_reference(make: Callable[[], dict[str, Any]]) -> Callable[[Path], Pair]:
    def prepare(_folder: Path) -> Pair:
        raw = documents.dumps(make())
        version = documents.find_contract("run")[-1]
        validator = jsonschema.Draft202012Validator(json.loads(documents.schema(version, strict=False)))
        assert documents.validate("run", raw, strict=True) == []
        return Pair(repeated(_ours(raw)), repeated(lambda: validator.validate(json.loads(raw))))

    return prepare


def _against_pydantic(make: Callable[[], dict[str, Any]]) -> Callable[[Path], Pair]:
    def prepare(_folder: Path) -> Pair:
        raw = documents.dumps(make())
        assert models.Run.model_validate_json(raw) == _ours(raw)()
        return Pair(repeated(_ours(raw)), repeated(lambda: models.Run.model_validate_json(raw)))

    return prepare


def _rows(size: str, make: Callable[[], dict[str, Any]], faster: Budget, slower: Budget) -> tuple[Row, Row]:
    what = f"read, validate, model a run.json of {size}"
    name = f"read-{size.replace(' ', '').lower()}"
    return (
        Row(f"{name}-jsonschema", what, OURS, REFERENCE, faster, 30, _against_reference(make)),
        Row(f"{name}-pydantic", what, OURS, BARE, slower, 60, _against_pydantic(make)),
    )


ROWS = (
    *_rows("0.8 KB", small_run, at_least(15), at_most(2.6)),
    *_rows("8 KB", large_run, at_least(25), at_most(2)),
)
