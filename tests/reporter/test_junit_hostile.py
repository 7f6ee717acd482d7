"""JUnit files that are dirty, cut, huge or malicious: read as far as they go, or refused; never green by damage."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runpact_core import documents
from runpact_core.errors import InvalidArtifact, MissingArtifact, RunpactError
from runpact_reporter._bounded import Gathered, bounded, sayable
from runpact_reporter._counts import counts, verdict
from runpact_reporter._junit import Limits, read_junit
from tests.reporter import junit_samples

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = "<testsuite name='s'><testcase name='a'/><testcase name='b'><failure>why</failure></testcase></testsuite>"


def read(tmp_path: Path, text: str | bytes, **limits: int) -> dict[str, Any]:
    """The report of a file with this text."""
    path = tmp_path / "results.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return read_junit(path, limits=Limits(**limits))


def names(report: dict[str, Any]) -> list[str]:
    """The names of the tests, in order."""
    return [test["name"] for test in report["results"]["tests"]]


def test_entities_are_refused(tmp_path: Path) -> None:
    """A document type is an error before a single entity of it is expanded."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    text = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><testsuite><testcase name="&l19;"/></testsuite>'
    with pytest.raises(InvalidArtifact, match="document type"):
        read(tmp_path, text)


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    """A file that an entity or a DTD points to is not opened."""
    secret = tmp_path / "secret"
    secret.write_text("SECRET", encoding="utf-8")
    text = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><testsuite><testcase name="&e;"/></testsuite>'
    with pytest.raises(InvalidArtifact, match="document type") as caught:
        read(tmp_path, text)
    assert caught.value.path == str(tmp_path / "results.xml")


def test_an_entity_of_html_ends_the_file(tmp_path: Path) -> None:
    """Without a document type there are five entities; another one is no XML from there on, and is told."""
    report = read(tmp_path, "<testsuite><testcase name='a'/><testcase name='&nbsp;'/></testsuite>")
    assert names(report) == ["a"]
    assert verdict(counts(report), 0)[1].startswith("failed: results.xml is no XML at line 1 (undefined entity)")


@pytest.mark.parametrize("cut", range(len("<testsuite name='s'>"), len(WHOLE), 7))
def test_a_cut_file_keeps_what_was_read(tmp_path: Path, cut: int) -> None:
    """Wherever a file ends early, the tests before are there, it is said, and it is not green."""
    report = read(tmp_path, WHOLE[:cut])
    assert names(report) == ["a", "b"][: len(names(report))]
    assert "results.xml ends early, at line 1" in counts(report).incomplete[0]
    assert verdict(counts(report), 0)[0] == "failed"


def test_declared_tests_show_what_was_cut(tmp_path: Path) -> None:
    """What a suite declares at its start is expected, though the end is missing."""
    report = read(tmp_path, "<testsuite tests='3' failures='0'><testcase name='a'/>")
    assert verdict(counts(report), 0) == (
        "failed",
        "failed: results.xml ends early, at line 1, after 1 test; 1 of 3 expected tests was reported",
    )


@pytest.mark.parametrize(
    ("text", "expected", "status"),
    [
        ("<testsuite tests='2'><testcase/></testsuite>", 2, "failed"),
        ("<testsuite tests='1'><testcase/><testcase/></testsuite>", 1, "success"),
        ("<testsuites tests='3'><testsuite tests='1'><testcase/></testsuite></testsuites>", 3, "failed"),
        ("<testsuites><testsuite tests='1'><testcase/></testsuite><testsuite><testcase/></testsuite></testsuites>", 2,
         "success"),
        ("<testsuites tests='0'><testsuite tests='2'><testcase/></testsuite></testsuites>", 2, "failed"),
        ("<testsuite tests='1'><testcase/><testsuite tests='1'><testcase/></testsuite></testsuite>", 2, "success"),
        ("<testsuite tests='many'><testcase/></testsuite>", None, "failed"),
        ("<testsuite tests='1000000000'><testcase/></testsuite>", 10**9, "failed"),
        ("<testsuite tests='99999999999999999999999999'><testcase/></testsuite>", None, "failed"),
        ("<testsuite tests='3.0'><testcase/></testsuite>", None, "failed"),
        ("<testsuite tests='-1'><testcase/></testsuite>", None, "failed"),
        ("<testsuite tests='1' failures='1,000'><testcase/></testsuite>", 1, "failed"),
        ("<testsuites errors='abc'><testsuite tests='1'><testcase/></testsuite></testsuites>", 1, "failed"),
        ("<testsuite tests=' 1 ' failures=''><testcase/></testsuite>", 1, "success"),
        ("<testsuite tests='0'/>", 0, "failed"),
        ("<testsuites/>", None, "failed"),
        ("<testsuite tests='1' failures='1'><testcase/></testsuite>", 1, "failed"),
        ("<testsuite errors='1'><testcase/></testsuite>", None, "failed"),
        ("<testsuite><testcase/><error message='boom'/></testsuite>", None, "failed"),
    ],
)  # fmt: skip
def test_declared_counts(tmp_path: Path, text: str, expected: int | None, status: str) -> None:
    """A file that declares more tests or failures than it has is not green; suites in suites are counted once."""
    found = counts(read(tmp_path, text))
    assert (found.expected, verdict(found, 0)[0]) == (expected, status)


def test_disagreement_is_told(tmp_path: Path) -> None:
    """More tests than declared make a note; fewer failures than declared make the report incomplete."""
    report = read(tmp_path, "<testsuite name='s' tests='1' failures='2'><testcase/><testcase/></testsuite>")
    assert report["results"]["summary"]["extra"]["runpact"] == {
        "expected": 1,
        "reported": 2,
        "notes": ["results.xml: suite 's' declares 1 tests, and 2 were found"],
        "incomplete": ["results.xml: suite 's' declares 2 failures and errors, and 0 were found"],
    }


def test_a_failure_of_a_suite_is_a_failed_test(tmp_path: Path) -> None:
    """A suite that could not be set up has a test that says so."""
    report = read(tmp_path, "<testsuite name='s' errors='1'><error message='boom'>at setup</error></testsuite>")
    (test,) = report["results"]["tests"]
    assert (test["name"], test["status"], test["message"]) == ("(error of the suite)", "failed", "boom")
    assert (test["suite"], test["trace"], counts(report).incomplete) == (["s"], "at setup", ())


def test_control_characters_are_shown(tmp_path: Path) -> None:
    """Bytes that XML forbids, raw or as references, are shown as pictures; wrong UTF-8 as a replacement."""
    text = (
        b"<testsuite><testcase name='a'><failure>\x1b[31m &#27; &#x0; &#65; \xff \x00</failure></testcase></testsuite>"
    )
    (test,) = read(tmp_path, text)["results"]["tests"]
    assert test["trace"] == "\u241b[31m \u241b \u2400 A \ufffd \u2400"


def test_references_across_pieces(tmp_path: Path) -> None:
    """A reference is understood wherever the pieces that a file is read in are cut."""
    start = "<testsuite><testcase name='a'><failure>"
    for gap in range(6):
        filler = "x" * ((1 << 18) - len(start) - gap)
        (test,) = read(tmp_path, f"{start}{filler}&#27;end</failure></testcase></testsuite>")["results"]["tests"]
        assert test["trace"].endswith("\u241bend")


@pytest.mark.parametrize(
    "text",
    [
        "<testsuite><testcase name='é'/></testsuite>".encode(),
        "\ufeff<testsuite><testcase name='é'/></testsuite>".encode(),
        "\n <?xml version='1.0'?><testsuite><testcase name='é'/></testsuite>".encode(),
        "<?xml version='1.0' encoding='utf-16'?><testsuite><testcase name='é'/></testsuite>".encode(),
        "<?xml version='1.0' encoding='ISO-8859-1'?><testsuite><testcase name='é'/></testsuite>".encode("latin-1"),
        "<?xml version='1.0' encoding='utf-16'?><testsuite><testcase name='é'/></testsuite>".encode("utf-16"),
        "<testsuite><testcase name='é'/></testsuite>".encode("utf-16-be"),
        "<x:testsuite xmlns:x='urn:x'><x:testcase name='é'/></x:testsuite>".encode(),
    ],
)
def test_encodings(tmp_path: Path, text: bytes) -> None:
    """The declared encoding is heeded, unless the bytes say otherwise; names may have a namespace."""
    assert names(read(tmp_path, text)) == ["é"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "it ends early"),
        (b"{}", "it is no XML"),
        (b"<html/>", "its first element is 'html'"),
        (b"<?xml version='1.0' encoding='klingon'?><testsuite/>", "encoding 'klingon' is not known"),
        (b"<?xml version='1.0' encoding='hex'?><testsuite/>", "encoding 'hex' is not known"),
        (b"<?xml version='1.0' encoding='idna'?><testsuite/>", "encoding 'idna' is not known"),
        (b"<?xml version='1.0' encoding='undefined'?><testsuite/>", "encoding 'undefined' is not known"),
    ],
)
def test_what_is_no_junit_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    """Another file is an error that says what it is, not a report without tests."""
    with pytest.raises(InvalidArtifact, match=message):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"max_bytes": 50}, "more than 50 bytes"),
        ({"max_depth": 2}, "more than 2 deep"),
        ({"max_tests": 1}, "more than 1 tests"),
    ],
)
def test_limits(tmp_path: Path, limits: dict[str, int], message: str) -> None:
    """A file beyond a limit is refused by name of the limit; one of that size is read."""
    with pytest.raises(InvalidArtifact, match=message):
        read(tmp_path, WHOLE, **limits)
    assert names(read(tmp_path, WHOLE, max_bytes=len(WHOLE), max_depth=3, max_tests=2)) == ["a", "b"]


def test_a_tag_without_end(tmp_path: Path) -> None:
    """A tag of megabytes is refused when it is seen to be one, not read again with each piece of the file."""
    long = "<testsuite><testcase name='" + "x" * 9_000_000
    with pytest.raises(InvalidArtifact, match="a tag or a comment has more than 8388608 bytes"):
        read(tmp_path, long + "'/></testsuite>")
    (test,) = read(tmp_path, "<testsuite><testcase name='" + "é" * 2_000_000 + "'/></testsuite>")["results"]["tests"]
    assert "1934464 characters left out" in test["name"]


def test_long_texts_are_cut_and_counted(tmp_path: Path) -> None:
    """A message keeps its head and its end, and says how much is missing; the same holds for a name."""
    long = "h" * 100 + "m" * 1000 + "t" * 50
    text = f"<testsuite><testcase name='{long}'><failure message='{long}'>{long}</failure></testcase></testsuite>"
    (test,) = read(tmp_path, text, max_text=150)["results"]["tests"]
    cut = f"{'h' * 100}\n[… 1000 characters left out …]\n{'t' * 50}"
    assert (test["message"], test["trace"], test["name"]) == (cut, cut, cut)


def test_memory_is_bounded_by_what_is_kept(tmp_path: Path) -> None:
    """The output of a suite, far longer than the limit, does not lie in memory as a whole."""
    path = tmp_path / "results.xml"
    path.write_bytes(b"<testsuite><testcase/><system-out>" + b"spam\n" * 6_000_000 + b"</system-out></testsuite>")
    tracemalloc.start()
    try:
        report = read_junit(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6_000_000
    assert "29934464 characters left out" in report["results"]["extra"]["runpact"]["suites"][0]["stdout"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(MissingArtifact):
        read_junit(tmp_path / "none.xml")


@settings(max_examples=60)
@given(
    sample=st.sampled_from(junit_samples.__all__),
    at=st.integers(0, 2000),
    removed=st.integers(0, 60),
    put=st.binary(max_size=8),
)
def test_damage_is_never_another_error(
    tmp_path_factory: pytest.TempPathFactory, sample: str, at: int, removed: int, put: bytes
) -> None:
    """A damaged file is an admitted report or an error of ours."""
    raw = getattr(junit_samples, sample).encode()
    path = tmp_path_factory.mktemp("x") / "results.xml"
    path.write_bytes(raw[:at] + put + raw[at + removed :])
    try:
        report = read_junit(path)
    except RunpactError:
        return
    assert documents.validate("test_report", report, strict=True) == []


@given(st.lists(st.text(max_size=30), max_size=12), st.integers(3, 20))
def test_gathered_is_bounded_whatever_the_pieces(pieces: list[str], limit: int) -> None:
    """In pieces or at once, a text is cut the same way, and what is kept and left out is the whole."""
    gathered = Gathered(limit)
    for piece in pieces:
        gathered.add(piece)
    text = "".join(pieces)
    value = gathered.value()
    assert value == bounded(text, limit)
    if len(text) <= limit:
        assert value == text
    else:
        head = limit * 2 // 3
        statement = f"\n[… {len(text) - limit} characters left out …]\n"
        assert value == text[:head] + statement + text[len(text) - (limit - head) :]


def test_sayable() -> None:
    """A lone surrogate is written as its escape."""
    assert sayable("a\udc80é") == "a\\udc80é"


def test_a_figure_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """It is not as if the suite had declared nothing."""
    found = counts(read(tmp_path, "<testsuite name='s' tests='1' failures='1,000'><testcase name='a'/></testsuite>"))
    said = "results.xml: suite 's' declares failures='1,000', which cannot be read as a number"
    assert verdict(found, 0) == ("failed", f"failed: {said}")
