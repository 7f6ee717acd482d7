"""Both parsers behind the YAML reader give the same documents."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runpact_core import _yaml
from runpact_core._json import dumps, parse
from runpact_core._yaml import YamlDocument, parse_yaml
from runpact_core.errors import InvalidArtifact

SETTINGS = settings(
    derandomize=True, database=None, deadline=None, max_examples=1000, suppress_health_check=list(HealthCheck)
)
PIECES = [
    *(
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n    ",
        " ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "'",
        '"',
        "#",
        " # c",
        "?",
    ),
    *(
        "|",
        "|2",
        "|-",
        ">",
        ">+\n  t\n\n",
        "\\",
        "\\n",
        "x",
        "1",
        "1.5",
        "-",
        "--- ",
        "---\n",
        "...\n",
        "&a ",
        "*a",
        "!t ",
        "!",
    ),
    *("%", "@", "`", "é", "\u00a0", "😀", "key: v\n", "- i\n", "'q'", '"d"', "=", "<<: ", "null", "true", "\r\n", "~"),
    *("  t\n", "k: |\n  l\n   m\n", "[a: b]", "{a: b}", "a:b", "http://x", "1:30"),
]
TEXT = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=8)  # beyond, JSON needs pairs
needs_libyaml = pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="this PyYAML was built without libyaml")


def outcome(data: bytes, loader: object, monkeypatch: pytest.MonkeyPatch) -> YamlDocument | None:
    """The document that one parser finds, None where the text is refused."""
    with monkeypatch.context() as patch:
        patch.setattr(_yaml, "_LOADER", loader)
        try:
            return parse_yaml(data)
        except InvalidArtifact:
            return None


@needs_libyaml
@SETTINGS
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_both_parsers_give_the_same_documents(pieces: list[str]) -> None:
    """Whatever is glued together from pieces of YAML, values and lines are the same with and without libyaml."""
    data = "".join(pieces).encode()
    with pytest.MonkeyPatch.context() as patch:
        assert repr(outcome(data, yaml.CSafeLoader, patch)) == repr(outcome(data, yaml.SafeLoader, patch))


@SETTINGS
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_what_is_read_is_what_a_common_reader_reads(pieces: list[str]) -> None:
    """An accepted document has the same value for the loader that most tools use."""
    try:
        document = parse_yaml("".join(pieces).encode())
    except InvalidArtifact:
        return
    assert repr(document.value) == repr(yaml.safe_load("".join(pieces)))


@SETTINGS
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**20), 10**20) | TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
        max_leaves=12,
    )
)
def test_canonical_json_is_yaml_of_the_same_value(value: object) -> None:
    """A canonical document without escaped pairs of surrogates is YAML too, of the same value."""
    assert repr(parse_yaml(dumps(value)).value) == repr(parse(dumps(value)).value)


@SETTINGS
@given(st.binary(max_size=30))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Arbitrary bytes are read or refused by the one error, by both parsers."""
    with pytest.MonkeyPatch.context() as patch:
        found = [
            outcome(data, loader, patch) for loader in (getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader)
        ]
    assert repr(found[0]) == repr(found[1])
