"""Reading: the version first, then the gate, then the data; what is refused is refused with a reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_core.errors import (
    ConfigurationError,
    InvalidArtifact,
    MissingArtifact,
    Problem,
    UnknownContract,
    UnsupportedVersion,
)
from tests.core.samples import sample

if TYPE_CHECKING:
    from pathlib import Path

LAST_RUN = "last_run/0.1/tests-passed"
UNSUPPORTED = "Unsupported schema version: "


def encoded(value: object) -> bytes:
    """JSON as others write it: not canonical."""
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("stated", "reading", "version", "message"),
    [
        ("0.1", "exact", "0.1", None),
        ("0.2", "exact", "0.2", None),
        ("0.9", "tolerant", "0.9", UNSUPPORTED + "0.9"),
        ("0.0", "best-effort", "0.0", UNSUPPORTED + "0.0"),
        ("7.0", "best-effort", "7.0", UNSUPPORTED + "7.0"),
        (0.1, "best-effort", "0.1", UNSUPPORTED + "0.1 (a number, not a string)"),
        (0.9, "best-effort", "0.9", UNSUPPORTED + "0.9 (a number, not a string)"),
        ("1", "best-effort", "1", UNSUPPORTED + "1"),
        (1, "best-effort", "1", UNSUPPORTED + "1 (a number, not a string)"),
        (True, "best-effort", "true", UNSUPPORTED + "true (a boolean, not a string)"),
        (None, "best-effort", "null", UNSUPPORTED + "null (nothing, not a string)"),
        ([], "best-effort", "[]", UNSUPPORTED + "[] (a list, not a string)"),
        ("", "best-effort", "''", UNSUPPORTED + "''"),
        ("0.1\n", "best-effort", r"'0.1\n'", UNSUPPORTED + r"'0.1\n'"),
        ("0.01", "best-effort", "0.01", UNSUPPORTED + "0.01"),
        ("\u0660.\u0661", "best-effort", "'\u0660.\u0661'", UNSUPPORTED + "'\u0660.\u0661'"),
        ("9" * 50, "best-effort", "9" * 40 + "…", UNSUPPORTED + "9" * 40 + "…"),
    ],
)
def test_the_version_table(stated: object, reading: str, version: str, message: str | None) -> None:
    """Each stated version is read as the table says, and people are told in exactly these words."""
    document = documents.read("last_run", encoded(sample(LAST_RUN, schema_version=stated)))
    assert (document.reading, document.version, document.message) == (reading, version, message)
    assert document.read_as == (None if reading == "best-effort" else {"0.1": "0.1"}.get(version, "0.2"))
    assert document.data["summary"] == "All tests passed (42 tests)"


def test_a_missing_version_is_refused() -> None:
    """Without a version, and without a shape that is known without one, nothing is read."""
    with pytest.raises(InvalidArtifact, match=r"^Invalid artifact: schema_version is missing$"):
        documents.read("last_run", encoded(sample(LAST_RUN, schema_version=...)))


def test_documents_of_the_field_are_known_by_shape() -> None:
    """Without a version, a run with the fields of 0.1 is one of 0.1; with one of them gone, the hint names it."""
    document = documents.read("run", encoded(sample("run/0.1/full")))
    assert (document.reading, document.version, document.read_as, document.message) == ("exact", "0.1", "0.1", None)
    with pytest.raises(InvalidArtifact, match="schema_version is missing") as caught:
        documents.read("run", encoded(sample("run/0.1/full", git=..., env=...)))
    assert caught.value.hint == "without it, env, git would be required"


def test_a_reader_can_be_held_at_a_version() -> None:
    """A reader that knows only 0.1 takes 0.2 for what it is to it: a newer minor version."""
    raw = encoded(sample("run/0.2/full"))
    held = documents.read("run", raw, at="0.1")
    assert (held.reading, held.version, held.read_as) == ("tolerant", "0.2", "0.1")
    assert held.message == "Unsupported schema version: 0.2"
    assert "/schema_version" in held.unknown_fields()
    assert documents.read("run", raw).reading == "exact"
    with pytest.raises(UnknownContract, match=r"run has no version 3\.0") as caught:
        documents.read("run", raw, at="3.0")
    assert caught.value.hint == "it has 0.1, 0.2"


def test_an_unknown_major_is_raw_fields_only() -> None:
    """Nothing is checked, nothing is typed, nothing is said to be wrong beyond the version."""
    document = documents.read("last_run", encoded({"schema_version": "7.0", "status": 9}))
    assert document.data == {"schema_version": "7.0", "status": 9}
    assert (document.problems(), document.unknown_fields()) == ([], [])
    with pytest.raises(UnsupportedVersion, match=r"^Unsupported schema version: 7\.0$") as caught:
        document.model()
    assert caught.value.hint == "only its raw fields can be shown"


def test_unknown_fields_and_open_values_are_admitted() -> None:
    """A record may say more than the contract knows; what it does is named by pointer, extension points apart."""
    data = sample("run/0.2/everything", **{"zz/1": 1.0})
    data["git"]["dirty"] = None
    data["inputs"][0]["more"] = True
    data["metadata"]["more"] = True
    data["trigger"]["type"] = "carrier_pigeon"
    document = documents.read("run", encoded(data))
    assert document.unknown_fields() == ["/git/dirty", "/zz~11"]
    assert document.model().document() == data


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[]", "a list"),
        ('"x"', "a string"),
        ("true", "a boolean"),
        ("1", "a number"),
        ("1.5", "a number"),
        ("null", "null"),
    ],
)
def test_a_document_is_an_object(text: str, kind: str) -> None:
    """Any other JSON value is refused by what it is."""
    with pytest.raises(InvalidArtifact, match=rf"^Invalid artifact: it is {kind}, not an object$"):
        documents.read("run", text.encode())


def test_broken_json_is_refused_with_its_place(tmp_path: Path) -> None:
    """The error has path, line and column."""
    path = tmp_path / "run.json"
    path.write_bytes(b'{\n  "a": 1,\n  "a": 2\n}\n')
    with pytest.raises(InvalidArtifact, match=r"^Invalid artifact: .*\(line 3, column [0-9]+\)$") as caught:
        documents.read("run", path)
    assert (caught.value.path, caught.value.line_number) == (str(path), 3)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path is said as it was asked for."""
    with pytest.raises(MissingArtifact, match=r"^Missing artifact: .*run\.json$"):
        documents.read("run", tmp_path / "run.json")
    with pytest.raises(MissingArtifact):
        documents.validate("run", tmp_path / "run.json")


def test_a_limit_holds() -> None:
    """Of a document that is larger than the caller takes, nothing is read."""
    raw = encoded(sample("run/0.1/full"))
    assert documents.read("run", raw, limit=len(raw)).data["status"] == "success"
    with pytest.raises(InvalidArtifact, match="at most"):
        documents.read("run", raw, limit=len(raw) - 1)


@pytest.mark.parametrize("written", ["5921.0", "5921e0", "5921000e-3"])
def test_an_integer_is_written_as_one(written: str) -> None:
    """A fraction or an exponent where the contract says integer is refused, though a schema would take it."""
    raw = encoded(sample("run/0.2/full")).replace(b"5921", written.encode())
    with pytest.raises(InvalidArtifact) as caught:
        documents.read("run", raw)
    message = "5921.0 is written with a fraction or an exponent where an integer belongs"
    assert caught.value.problems == (Problem("/duration_ms", "integer", message),)


def test_a_number_may_be_a_fraction() -> None:
    """Where the contract says number, both ways of writing are kept as they were."""
    data = sample(LAST_RUN)
    for written in (2, 2.0, 2.25):
        data["banana_economy"]["spent_minutes"] = written
        model = documents.read("last_run", encoded(data)).model().document()
        assert repr(model["banana_economy"]["spent_minutes"]) == repr(written)


def test_every_problem_is_carried() -> None:
    """The message names the first problem and counts the others; the error has all of them."""
    with pytest.raises(InvalidArtifact) as caught:
        documents.read("run", encoded(sample("run/0.2/full", status="green", duration_ms=-1, git=7)))
    assert [(problem.pointer, problem.rule) for problem in caught.value.problems] == [
        ("/duration_ms", "minimum"),
        ("/git", "type"),
        ("/status", "enum"),
    ]
    assert str(caught.value).startswith("Invalid artifact: /duration_ms: ")
    assert str(caught.value).endswith(" (and 2 more)")


def test_a_broken_rule_is_read_and_reported() -> None:
    """A cross-field rule that does not hold is a problem, not a refusal."""
    data = sample("run/0.2/full", finished_utc="2026-01-19T06:15:11Z")
    document = documents.read("run", encoded(data))
    assert document.problems() == [
        Problem("/finished_utc", "run-ends-after-it-starts", "finished_utc is earlier than started_utc")
    ]
    assert documents.validate("run", data) == document.problems()


def test_a_model_is_typed() -> None:
    """Fields have types, moments have a datetime, and absent fields are None."""
    run: Any = documents.read("run", encoded(sample("run/0.2/full"))).model()
    assert (run.duration_ms, run.git.sha7, run.interruption) == (5921, "a1b2c3d", None)
    assert run.started_utc.datetime.isoformat() == "2026-01-19T06:15:12+00:00"


def test_configuration_errors_are_of_configuration() -> None:
    """What is wrong with a configuration comes out as such, from bytes as from a file."""
    with pytest.raises(ConfigurationError, match=r"^configuration: version is missing$"):
        documents.read("schema_catalog", b"schemas: []\n")
