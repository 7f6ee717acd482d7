"""Configuration is read strictly, from YAML or JSON: a mistake is an error that says where and what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runpact_core import documents
from runpact_core.errors import ConfigurationError, InvalidArtifact

if TYPE_CHECKING:
    from pathlib import Path

YAML = b"""\
# a comment
version: 1
schemas:
  - schema_id: run
    major: 0
    path: contracts/run.yaml
    status: active
"""


def test_yaml_and_json_say_the_same() -> None:
    """A catalog in YAML and the same in JSON are one document."""
    from_yaml = documents.read("schema_catalog", YAML)
    from_json = documents.read("schema_catalog", documents.dumps(from_yaml.data))
    assert from_yaml.data == from_json.data
    assert from_yaml.data["schemas"][0]["major"] == 0
    assert documents.validate("schema_catalog", YAML, strict=True) == []


def test_an_unchanged_file_keeps_its_comments(tmp_path: Path) -> None:
    """What was read and not changed is written back byte for byte; what was changed is canonical."""
    document = documents.read("schema_catalog", YAML)
    assert documents.write(tmp_path / "c.yaml", document) == YAML
    document.data["schemas"][0]["status"] = "retired"
    assert documents.write(tmp_path / "c.yaml", document) == documents.dumps(document.data)
    document.data["schemas"][0]["status"] = "gone"
    with pytest.raises(InvalidArtifact, match="/schemas/0/status"):
        documents.write(tmp_path / "c.yaml", document)


def test_a_mistyped_key_names_the_nearest(tmp_path: Path) -> None:
    """The error says which key, and which was meant; a key that is like none gets no hint."""
    path = tmp_path / "catalog.yaml"
    path.write_bytes(YAML.replace(b"status:", b"statsu:"))
    with pytest.raises(ConfigurationError) as caught:
        documents.read("schema_catalog", path)
    unknown = "/schemas/0/statsu: unknown field (did you mean status?) [additionalProperties]"
    assert str(caught.value) == f"{path}: {unknown} (line 7) (and 1 more)"
    problems = documents.validate("schema_catalog", path)
    assert [str(problem) for problem in problems] == [
        '/schemas/0: "status" is a required property [required] (line 4)',
        f"{unknown} (line 7)",
    ]
    unlike = documents.validate("schema_catalog", YAML + b"zzzzzz: 1\n")
    assert [str(problem) for problem in unlike] == ["/zzzzzz: unknown field [additionalProperties] (line 8)"]


def test_a_problem_of_json_has_no_line() -> None:
    """Lines are known of YAML alone; configuration in JSON says the pointer."""
    problems = documents.validate("schema_catalog", b'{"version": 1, "schemas": [], "more": 1}')
    assert [str(problem) for problem in problems] == ["/more: unknown field [additionalProperties]"]
    assert documents.read("schema_catalog", b'{"version": 1, "schemas": []}').line_of("/schemas") is None


def test_a_value_that_was_read_knows_its_line() -> None:
    """Of a key it is the key's line; of what has none, that of what is around it."""
    document = documents.read("schema_catalog", YAML)
    assert [document.line_of(at) for at in ("/schemas/0/major", "/schemas/0/owner", "/none/there", "")] == [5, 4, 2, 2]


def test_bytes_may_have_a_name() -> None:
    """What was read by the caller is called in errors as the caller says."""
    with pytest.raises(ConfigurationError, match=r"^config/c\.yaml: /zzz: unknown field .* \(line 8\)$"):
        documents.read("schema_catalog", YAML + b"zzz: 1\n", name="config/c.yaml")


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (b"-1", "minimum"),
        (b"1.5", "type"),
        (b"1.0", "integer"),
        (b'"10"', "type"),
        (b"true", "type"),
        (b"null", "type"),
        (b"1" + b"0" * 30, "maximum"),
        (b"100001", "maximum"),
    ],
)
def test_a_number_is_an_integer_in_its_bounds(written: bytes, rule: str) -> None:
    """Each wrong way to write a number is refused, and says which rule it breaks; nothing is converted."""
    with pytest.raises(ConfigurationError) as caught:
        documents.read("schema_catalog", YAML.replace(b"major: 0", b"major: " + written))
    assert isinstance(caught.value.__cause__, InvalidArtifact)
    problems = caught.value.__cause__.problems
    assert [(problem.pointer, problem.rule) for problem in problems] == [("/schemas/0/major", rule)]


@pytest.mark.parametrize("written", [b"010", b"1e3", b"0x1F", b"1_000", b"1:30", b"no", b"~", b""])
def test_a_scalar_of_two_meanings_is_refused(written: bytes) -> None:
    """What two readers of YAML take for different values is an error with line and column."""
    with pytest.raises(ConfigurationError, match=r"\(line 5, column [0-9]+\)$"):
        documents.read("schema_catalog", YAML.replace(b"major: 0", b"major: " + written))


@pytest.mark.parametrize("written", [b"2", b"0", b'"1"', b"true", b"1.0"])
def test_another_version_is_refused(written: bytes) -> None:
    """Configuration is never read by guesswork, so a version that is not known is an error."""
    with pytest.raises(ConfigurationError, match=r"^configuration: Unsupported schema version: ") as caught:
        documents.read("schema_catalog", YAML.replace(b"version: 1", b"version: " + written))
    assert caught.value.hint == "configuration is not read by guesswork"


def test_what_is_no_mapping_is_refused() -> None:
    """A list of YAML is as little a document as one of JSON."""
    with pytest.raises(ConfigurationError, match="it is a list, not an object"):
        documents.read("schema_catalog", b"- 1\n")
    with pytest.raises(ConfigurationError, match=r"^configuration: .* \(line 1, column [0-9]+\)$"):
        documents.read("schema_catalog", b"{")


def test_records_are_never_yaml() -> None:
    """Only configuration may be YAML."""
    with pytest.raises(InvalidArtifact):
        documents.read("last_run", b"schema_version: '0.1'\n")
