"""One file as a later version: a document, lines, YAML; what is none of ours stays as it is."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest

from runpact_core import _upgrade_one, documents, jsonl
from runpact_core._upgrade_one import Found, Wanted
from runpact_core.errors import UnknownContract
from tests.core.samples import EXAMPLES, sample

ANY = Wanted()
REGISTRY = "runner_certification_registry_v1.yaml"


def text(data: dict[str, Any]) -> bytes:
    """A document as somebody else may have formatted it."""
    return json.dumps(data).encode()


def look(data: dict[str, Any], name: str = "run.json", wanted: Wanted = ANY) -> Found:
    """What becomes of a file with this document."""
    return _upgrade_one.look(text(data), name, wanted)


def test_an_outdated_document_becomes_canonical() -> None:
    """The newest version, with unknown fields, as canonical JSON; from it nothing more is to be done."""
    old = sample("run/0.1/full", zz={"kept": [1]})
    found = look(old)
    assert found[:5] == ("outdated", "run", "0.1", "0.2", None)
    assert found.data == documents.dumps({**old, "schema_version": "0.2"})
    assert _upgrade_one.look(found.data or b"", "run.json", ANY) == Found("newest", "run", "0.2")


def test_a_document_is_known_by_its_shape_alone() -> None:
    """Whatever the file is called, where the contract has several versions and its readers take the document."""
    assert look(sample("last_run/0.1/tests-passed"), "before-the-move.json").state == "outdated"
    broken = look(sample("last_run/0.1/tests-passed", status="green"), "before-the-move.json")
    assert (broken.state, broken.message[:26]) == ("other", "Invalid artifact: /status:")
    assert look(sample("capture/1.0/whole"), "x.json") == Found("other")  # one version, another's name


@pytest.mark.parametrize("data", [{"a": 1}, {}, {"schema_version": "0.1"}])
def test_what_no_contract_fits_is_none_of_ours(data: dict[str, Any]) -> None:
    """Neither by name nor by shape."""
    assert look(data, "package.json") == Found("other")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"a": 1}, "Invalid artifact: schema_version is missing"),
        (sample("run/0.1/full", status="green"), "Invalid artifact: /status: "),
        (sample("run/0.2/full", schema_version="7.0"), "Invalid artifact: Unsupported schema version: 7.0"),
        (sample("run/0.1/full", command=7), "Invalid artifact: /command: "),
    ],
)
def test_what_is_named_like_a_document_and_is_none(data: dict[str, Any], message: str) -> None:
    """Also where an unknown field of the old version is one of the new version, with another meaning."""
    found = look(data)
    assert found.state == "unreadable"
    assert found.message.startswith(message)
    assert look(data, wanted=Wanted("checks")) == Found("other")


@pytest.mark.parametrize("raw", [b"{", b"[1]", b"\xff", b"{} {}", b""])
def test_bytes_that_are_no_document(raw: bytes) -> None:
    """Of a name that ours has it is a fault, of another the reason alone is there."""
    found = _upgrade_one.look(raw, "run.json", ANY)
    assert (found.state, found.message[:18]) == ("unreadable", "Invalid artifact: ")
    assert _upgrade_one.look(raw, "tsconfig.json", ANY) == Found("other", message=found.message)


def test_a_later_version_than_any_known() -> None:
    """It is said where the file is named so; it is not outdated."""
    later = sample("run/0.2/full", schema_version="0.9")
    assert look(later) == Found("newer", "run", "0.9", message="Unsupported schema version: 0.9")
    assert look(later, "x.json") == Found("other")


def test_one_contract_alone() -> None:
    """Documents of others are passed over; a file that is named is taken for one, whatever it looks like."""
    run = sample("run/0.1/full")
    assert look(run, wanted=Wanted("run")).state == "outdated"
    assert look(run, wanted=Wanted("last_run")) == Found("other")
    assert look({"a": 1}, "x.json", Wanted("run", named=True)).state == "unreadable"
    assert look(run, "x.txt", Wanted("run", named=True)).state == "outdated"
    with pytest.raises(UnknownContract, match=r"^run has no version 9\.9$"):
        Wanted("run", "9.9").target("run")


def test_the_version_that_was_asked_for() -> None:
    """What has it, or a later one, stays as it is."""
    assert look(sample("run/0.1/full"), wanted=Wanted("run", "0.1")) == Found("newest", "run", "0.1")
    assert look(sample("run/0.2/full"), wanted=Wanted("run", "0.1")) == Found("newest", "run", "0.2")
    assert look(sample("run/0.1/full"), wanted=Wanted("run", "0.2")).new == "0.2"


def test_a_certificate_stays() -> None:
    """Its proof is a digest of all of it, so that a changed one would be found broken."""
    found = look(sample("runner_execution_certificate/1/with-everything"), "runner-certification-x.json")
    assert found[:4] == ("left", "runner_execution_certificate", "1", "2")
    assert (found.data, found.message) == (None, "its proof is a digest of all that it says: certify the runner again")


def test_lines_one_by_one() -> None:
    """Outdated lines are replaced by compact ones; others, empty, foreign, torn, keep their bytes."""
    old, new = sample("run/0.1/full"), sample("run/0.2/full")
    kept = [text(new) + b"\n", b"\n", b'{"a":  1}\r\n', b"[1]\n", b"not json\n"]
    torn = text(old)[:-9]
    raw = b"".join([*kept[:2], text(old) + b"\r\n", *kept[2:], text(old) + b"\n", torn])
    found = _upgrade_one.look(raw, "all.jsonl", ANY)
    line = jsonl.dumps({**old, "schema_version": "0.2"})
    assert found[:5] == ("outdated", "run", "0.1", "0.2", 2)
    assert found.data == b"".join([*kept[:2], line[:-1] + b"\r\n", *kept[2:], line, torn])
    assert _upgrade_one.look(found.data, "all.jsonl", ANY) == Found("newest", "run")


def test_lines_of_which_some_stay() -> None:
    """A certificate among the lines stays; it is said, with and without lines that do not."""
    certificate = text(sample("runner_execution_certificate/1/nothing-asked")) + b"\n"
    run = text(sample("run/0.1/full")) + b"\n"
    found = _upgrade_one.look(certificate + run, "all.jsonl", ANY)
    assert (found.state, found.contract, found.lines) == ("outdated", "run", 1)
    assert found.message.startswith("1 of its lines stay as they are: its proof is")
    assert (found.data or b"").startswith(certificate)
    alone = _upgrade_one.look(certificate * 2, "all.jsonl", ANY)
    assert (alone.state, alone.contract, alone.lines) == ("left", "runner_execution_certificate", 2)


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"words\n", b'{"a": 1}\n'])
def test_lines_that_are_no_documents(raw: bytes) -> None:
    """Nothing is said of them."""
    assert _upgrade_one.look(raw, "all.jsonl", ANY) == Found("other")


def test_what_is_compressed_is_left() -> None:
    """Gzip and the dictionary form are told by their first bytes; of what was named it is said."""
    lines = jsonl.dumps(sample("run/0.1/full")) * 9
    compacted = io.BytesIO()
    jsonl.encode(io.BytesIO(lines), compacted)
    for raw in (gzip.compress(lines), compacted.getvalue()):
        said = "it is compressed or compacted: expand it first"
        assert _upgrade_one.look(raw, "all.jsonl", ANY) == Found("other", message=said)
        assert _upgrade_one.look(raw, "all.jsonl", Wanted(named=True)) == Found("left", message=said)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"# ours\nversion: 1  # one day 2\nrunners: []\n", b"# ours\nversion: 2  # one day 2\nrunners: []\n"),
        (b'runners: []\n"version" : 1\r\n', b'runners: []\n"version" : 2\r\n'),
        (b'{"runners": [], "version": 1}', b'{"runners": [], "version": 2}'),
        (b'{"version"\n : 1, \n"runners":[]}\r\n', b'{"version"\n : 2, \n"runners":[]}\r\n'),
        (b'{"runners": [], "\\u0076ersion": 1}', None),
        (b"runners: []\nversion:\n  1\n", None),
        (b"version: !!int 1\nrunners: []\n", None),
    ],
)
def test_yaml_keeps_what_people_wrote(raw: bytes, expected: bytes | None) -> None:
    """The version is changed where it stands; where that cannot be done without the comments, it is left to people."""
    found = _upgrade_one.look(raw, REGISTRY, ANY)
    if b"!!" in raw:  # a tag is nothing that is read
        assert found.state == "unreadable"
        return
    assert found[:4] == ("outdated" if expected else "left", "runner_certification_registry", "1", "2")
    assert found.data == expected
    assert bool(found.message) is (expected is None)


NUMBERS = [
    (b"1e-400", False),
    (b"0.1234567890123456789", False),
    (b"100000000000000000000.5", False),
    (b"9007199254740993.0", False),
    (b"-1e-99999999999999999999", False),
    (b"0.1", True),
    (b"1.50", True),
    (b"1E2", True),
    (b"-0.0", True),
    (b"5e-324", True),
    (b"9007199254740993", True),
    (b'"1e-400"', True),
]


@pytest.mark.parametrize(("number", "stays"), NUMBERS)
def test_no_number_changes(number: bytes, *, stays: bool) -> None:
    """What would come back as another number keeps its document, or its line, as it is; the number is named."""
    raw = text(sample("run/0.1/full"))[:-1] + b', "zz": [' + number + b"]}"
    one, lines = (_upgrade_one.look(raw, name, ANY) for name in ("run.json", "all.jsonl"))
    said = f"the number {number.decode()} would not come back as it is written: change it by hand"
    for found in (one, lines):
        assert found[:4] == ("outdated" if stays else "left", "run", "0.1", "0.2")
        assert (found.data is not None, found.message) == (stays, "" if stays else said)
    others = _upgrade_one.look(raw + b"\n" + text(sample("run/0.1/full")) + b"\n", "all.jsonl", ANY)
    assert (others.lines, (others.data or b"").startswith(raw)) == (2 if stays else 1, not stays)


def test_yaml_that_would_be_no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that made another document, or none, is not made."""
    monkeypatch.setattr(_upgrade_one, "_VERSION_LINE", r"(v)ersion: 1(.*)")  # leaves no key
    assert _upgrade_one.look(b"version: 1\nrunners: []\n", REGISTRY, ANY).state == "left"


def test_every_outdated_example() -> None:
    """Each published valid example of each earlier version is outdated, or vouched for, by its file's name."""
    seen = 0
    for folder in sorted(EXAMPLES.glob("*/*/valid")):
        contract, version = folder.parts[-3:-1]
        newest = documents.newest(contract)
        if version == newest.version:
            continue
        for path in sorted(folder.iterdir()):
            found = _upgrade_one.look(path.read_bytes(), newest.file_name, ANY)
            assert found[:4] in {
                ("outdated", contract, version, newest.version),
                ("left", contract, version, newest.version),
            }, path
            if found.data and not newest.file_name.endswith(".yaml"):
                assert documents.validate(contract, found.data, strict=True) == [], path
            seen += 1
    assert seen >= 15


def test_a_planned_version_is_not_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are upgraded to the last version that is more than a plan; to the last, where all are plans."""
    from runpact_core import _detect

    old, new = documents.find_contract("run")
    monkeypatch.setitem(_detect._VERSIONS, "run", (old, new._replace(status="planned")))
    assert documents.newest("run") is old
    monkeypatch.setitem(_detect._VERSIONS, "run", (new._replace(status="planned"),))
    assert documents.newest("run").version == "0.2"
