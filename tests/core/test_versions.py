"""The version table as a pure function: every kind of version, of every kind of contract."""

from __future__ import annotations

from typing import Any

import pytest

from runpact_core import _versions
from runpact_core._catalog import Version
from runpact_core.errors import InvalidArtifact, UnknownContract


def toy(version: str, versioned_by: str = "schema_version", required: tuple[str, ...] = ("a",)) -> Version:
    """A version of a contract that exists nowhere else."""
    return Version(
        "toy", version, "active", "record", versioned_by, "toy/<id>/toy.json", "toy.yaml", "", "Toy", required, ()
    )


MINORS = (toy("0.9"), toy("0.10"), toy("2.1"))
INTEGERS = (toy("1", "version"), toy("3", "version"))
BY_SHAPE = (toy("0.1", "shape", ("a",)), toy("0.2", "shape", ("a", "b")), toy("0.3"))


@pytest.mark.parametrize(
    ("stated", "version", "reading"),
    [
        ("0.9", "0.9", "exact"),
        ("0.10", "0.10", "exact"),
        ("0.11", "0.10", "tolerant"),
        ("0.8", None, "best-effort"),
        ("1.0", None, "best-effort"),
        ("2.0", None, "best-effort"),
        ("2.1", "2.1", "exact"),
        ("2.2", "2.1", "tolerant"),
        ("3.0", None, "best-effort"),
        ("0.1000000", None, "best-effort"),
        ("0.999999", "0.10", "tolerant"),
        (" 0.9", None, "best-effort"),
        ("0.9 ", None, "best-effort"),
        ("v0.9", None, "best-effort"),
        ("0.9.1", None, "best-effort"),
        ("-0.9", None, "best-effort"),
    ],
)
def test_minor_versions(stated: str, version: str | None, reading: str) -> None:
    """Numbers are compared as numbers, within one major; what is no version is unknown."""
    decision = _versions.decide({"schema_version": stated}, MINORS)
    assert (decision.version and decision.version.version, decision.reading) == (version, reading)
    shown = repr(stated) if " " in stated else stated
    assert decision.message == (None if reading == "exact" else f"Unsupported schema version: {shown}")


@pytest.mark.parametrize(
    ("stated", "version", "found"),
    [
        (1, "1", "1"),
        (3, "3", "3"),
        (2, None, "2"),
        (4, None, "4"),
        (0, None, "0"),
        (-1, None, "-1"),
        (True, None, "true"),
        (1.0, None, "1.0"),
        ("1", None, "1"),
        ("1.0", None, "1.0"),
        (None, None, "null"),
        ({}, None, "{}"),
    ],
)
def test_integer_versions(stated: object, version: str | None, found: str) -> None:
    """An integer is a major version of its own; there is no newer minor, and true is not 1."""
    decision = _versions.decide({"version": stated}, INTEGERS)
    assert (decision.version and decision.version.version, decision.found) == (version, found)
    assert decision.reading == ("exact" if version else "best-effort")


def test_the_other_field_is_no_version() -> None:
    """A contract looks only at the field that holds its versions."""
    with pytest.raises(InvalidArtifact, match=r"^Invalid artifact: version is missing$"):
        _versions.decide({"schema_version": "1"}, INTEGERS)
    with pytest.raises(InvalidArtifact, match=r"^Invalid artifact: schema_version is missing$") as caught:
        _versions.decide({"version": 1}, MINORS)
    assert caught.value.hint is None


@pytest.mark.parametrize(
    ("document", "version"),
    [({"a": 1}, "0.1"), ({"a": 1, "b": 1}, "0.2"), ({"a": 1, "z": 1}, "0.1"), ({"a": None, "b": None}, "0.2")],
)
def test_shapes(document: dict[str, Any], version: str) -> None:
    """The newest version whose required fields are all there; their values are the gate's business."""
    decision = _versions.decide(document, BY_SHAPE)
    assert (decision.version and decision.version.version, decision.found) == (version, None)
    assert (decision.reading, decision.message) == ("exact", None)


def test_no_shape_fits() -> None:
    """The hint names what the oldest shape would need."""
    with pytest.raises(InvalidArtifact) as caught:
        _versions.decide({"b": 1}, BY_SHAPE)
    assert caught.value.hint == "without it, a would be required"


def test_a_held_reader_knows_no_more() -> None:
    """What a reader held at a version knows ends there; of the rest it knows nothing."""
    assert _versions.known_to(MINORS, None) == MINORS
    assert _versions.known_to(MINORS, "0.9") == MINORS[:1]
    decision = _versions.decide({"schema_version": "0.10"}, _versions.known_to(MINORS, "0.9"))
    assert (decision.version, decision.reading) == (MINORS[0], "tolerant")
    with pytest.raises(UnknownContract, match=r"^toy has no version 0\.11$") as caught:
        _versions.known_to(MINORS, "0.11")
    assert caught.value.hint == "it has 0.9, 0.10, 2.1"


def test_what_a_version_knows_of_itself() -> None:
    """Module, key, major and file name follow from its fields; versions are compared as keys of tables by identity."""
    version = toy("0.10")
    assert (version.module, version.key, version.major, version.file_name) == ("toy_v0_10", (0, 10), 0, "toy.json")
    assert toy("3", "version").module == "toy_v3"
    assert {version: 1}[version] == 1
