"""What a capture says of every kind of file, and that it never waits and never raises for what it finds."""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_core.errors import InvalidArtifact, UsageFailure
from runpact_reporter import (
    CaptureResult,
    TextCapturePolicy,
    _capture,
    append_history,
    capture_text_artifact,
    iter_report_history,
    write_report_history_jsonl,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TIGHT = TextCapturePolicy(max_excerpt_bytes=10, head_bytes=5, tail_bytes=5)


def admitted(result: CaptureResult) -> dict[str, object]:
    """The result as its document, which the contract admits as one to be written."""
    document = result.to_dict()
    assert documents.validate("capture", document, strict=True) == []
    return document


def test_a_short_text_is_kept_whole() -> None:
    """Nothing omitted: all of it is the head, with digest and size of the stored bytes."""
    Path("log").write_bytes(b"one\ntwo")
    result = capture_text_artifact("log")
    assert result.excerpt is not None
    assert (result.excerpt.head, result.excerpt.tail, result.excerpt.truncated) == ("one\ntwo", "", False)
    assert (result.artifact.size_bytes, result.artifact.sha256) == (7, sha256(b"one\ntwo").hexdigest())
    assert (result.error, result.artifact.media) == (None, "text")
    assert admitted(result)["artifact"] == {
        "path": "log",
        "exists": True,
        "size_bytes": 7,
        "sha256": sha256(b"one\ntwo").hexdigest(),
        "media": "text",
    }


def test_both_calling_styles_are_the_same() -> None:
    """`policy` and `capture_policy` are two names of one thing; both at once make no sense."""
    Path("log").write_bytes(b"0123456789abcdef")
    assert capture_text_artifact(Path("log"), policy=TIGHT) == capture_text_artifact("log", capture_policy=TIGHT)
    with pytest.raises(UsageFailure, match="are the same"):
        capture_text_artifact("log", policy=TIGHT, capture_policy=TIGHT)


@pytest.mark.parametrize("limits", [{"max_excerpt_bytes": "5"}, {"head_bytes": True}, {"tail_bytes": None}])
def test_a_limit_is_a_number(limits: dict[str, Any]) -> None:
    """Texts and truth values are refused in a sentence."""
    with pytest.raises(UsageFailure, match="_bytes is"):
        TextCapturePolicy(**limits)


def test_a_policy_is_a_policy() -> None:
    """A mapping in its place is refused in a sentence."""
    wrong: Any = {"head_bytes": 3}
    with pytest.raises(UsageFailure, match="the policy is of type dict"):
        capture_text_artifact("x", policy=wrong)


def test_a_path_is_a_path() -> None:
    """Bytes are one, as the system has them; anything else is refused in a sentence, here and for histories."""
    Path("x.txt").write_text("x")
    raw: Any = os.fsencode("x.txt")
    captured = capture_text_artifact(raw)
    assert (captured.artifact.path, captured.error) == ("x.txt", None)
    nothing: Any = None
    number: Any = 5
    calls: list[Callable[[], object]] = [
        lambda: capture_text_artifact(nothing),
        lambda: capture_text_artifact("x.txt", root=number),
        lambda: iter_report_history(number),
        lambda: append_history(nothing, {"run_rel": "a", "status": "x"}),
        lambda: write_report_history_jsonl(nothing, []),
    ]
    for call in calls:
        with pytest.raises(UsageFailure, match="the path is of type "):
            call()
    record: Any = [1]
    with pytest.raises(InvalidArtifact, match="the record is of type list, no mapping"):
        append_history("h.jsonl", record)
    with pytest.raises(InvalidArtifact, match="record 1 is of type list, no mapping"):
        write_report_history_jsonl("h.jsonl", [record])
    assert not Path("h.jsonl").exists()


def test_head_and_tail_share_the_maximum_in_proportion() -> None:
    """Asked for 30 + 10 of at most 20: 15 and 5, and the ledger says so."""
    Path("log").write_bytes(bytes(range(97, 123)) * 4)
    policy = TextCapturePolicy(max_excerpt_bytes=20, head_bytes=30, tail_bytes=10)
    excerpt = capture_text_artifact("log", policy=policy).excerpt
    assert excerpt is not None
    assert (excerpt.head, excerpt.tail) == ("abcdefghijklmno", "vwxyz")
    assert excerpt.ledger.scaled
    assert excerpt.ledger.applied == {"head_bytes": 15, "tail_bytes": 5}
    assert excerpt.ledger.asked == {"max_excerpt_bytes": 20, "head_bytes": 30, "tail_bytes": 10}


def test_a_line_cap_is_never_a_silent_loss() -> None:
    """1,000 lines and a cap of 5: five at each end, 990 omitted, and it says so."""
    Path("log").write_bytes(b"".join(b"%d\n" % number for number in range(1000)))
    policy = TextCapturePolicy(max_line_count=5)
    excerpt = capture_text_artifact("log", policy=policy).excerpt
    assert excerpt is not None
    assert (excerpt.head, excerpt.tail) == ("0\n1\n2\n3\n4\n", "995\n996\n997\n998\n999\n")
    assert excerpt.truncated
    assert (excerpt.ledger.total_lines, excerpt.ledger.kept_lines, excerpt.ledger.omitted_lines) == (1000, 10, 990)


def test_lines_end_with_line_feeds_alone() -> None:
    """Form feeds, separators of other alphabets and carriage returns end no line."""
    Path("log").write_text("a\vb\fc\x85d\u2028e\rf\ng\n", encoding="utf-8", newline="")
    excerpt = capture_text_artifact("log", policy=TextCapturePolicy(max_line_count=1)).excerpt
    assert excerpt is not None
    assert (excerpt.ledger.total_lines, excerpt.truncated) == (2, False)


def test_a_binary_file_keeps_its_reference() -> None:
    """No excerpt and no error: the reference says that it is binary, with digest and size."""
    Path("core").write_bytes(b"\x7fELF\0\0\1\2" * 100)
    result = capture_text_artifact("core")
    assert (result.excerpt, result.error, result.artifact.media) == (None, None, "binary")
    assert result.artifact.sha256 == sha256(b"\x7fELF\0\0\1\2" * 100).hexdigest()
    assert admitted(result).keys() == {"schema_version", "artifact"}


def test_controls_without_nul_are_binary_too_and_colours_are_text() -> None:
    """Mostly control characters is binary; a log full of escape sequences is text."""
    Path("noise").write_bytes(b"\x01\x02\x03a" * 50)
    Path("colours").write_bytes(b"\x1b[31mred\x1b[0m\b\t\r\n" * 50)
    assert capture_text_artifact("noise").artifact.media == "binary"
    assert capture_text_artifact("colours").artifact.media == "text"


def test_bytes_that_are_no_text_are_shown_and_counted() -> None:
    """Bytes of another encoding are escaped, and the ledger has their number."""
    Path("log").write_bytes(b"caf\xe9 \xff\xfe ok\n")
    result = capture_text_artifact("log")
    assert result.excerpt is not None
    assert result.excerpt.head == "caf\\xe9 \\xff\\xfe ok\n"
    assert result.excerpt.ledger.undecodable_bytes == 3
    admitted(result)


def _fifo() -> None:
    os.mkfifo("it")


def _folder() -> None:
    Path("it").mkdir()


def _socket() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("it")


def _device() -> None:
    Path("it").symlink_to("/dev/zero")


def _loop() -> None:
    Path("it").symlink_to("it")


def _dangling() -> None:
    Path("it").symlink_to("nowhere")


def _sparse() -> None:
    with Path("it").open("wb") as file:
        file.truncate(100 * 1024**3)


def _nothing() -> None:
    """Leave the name free."""


@pytest.mark.parametrize(
    ("make", "kind", "exists"),
    [
        (_nothing, "missing", False),
        (_dangling, "missing", True),
        (_fifo, "not_a_file", True),
        (_folder, "not_a_file", True),
        (_socket, "not_a_file", True),
        (_device, "not_a_file", True),
        (_loop, "unreadable", True),
        (_sparse, "too_large", True),
    ],
)
def test_whatever_is_there_has_a_name(make: Callable[[], None], kind: str, exists: bool) -> None:  # noqa: FBT001 - a column
    """Each state is explicit, found without waiting, and admitted by the contract."""
    make()
    result = capture_text_artifact("it")
    assert result.error is not None
    assert (result.error["kind"], result.artifact.exists, result.excerpt) == (kind, exists, None)
    assert result.artifact.sha256 is None
    admitted(result)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="this platform has no users to change to")
def test_an_unreadable_file_is_said_to_be() -> None:
    """Without the right to read it, there is the reference and why."""
    Path("it").write_bytes(b"x")
    Path("it").chmod(0)
    user = os.geteuid()
    os.seteuid(user or 65534)  # root may read everything
    try:
        result = capture_text_artifact("it")
    finally:
        os.seteuid(user)
    assert result.error == {"kind": "unreadable", "message": "it cannot be read (Permission denied)"}


def test_names_that_no_file_can_have_are_missing() -> None:
    """A NUL in the name, or a file where a folder should be: nothing is there, and nothing is raised."""
    Path("file").write_bytes(b"x")
    for path in ("nul\0name", "file/below"):
        result = capture_text_artifact(path)
        assert result.error == {"kind": "missing", "message": "there is nothing at its path"}
        assert not result.artifact.exists


def test_an_error_while_reading_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that fails midway is an unreadable file."""
    Path("it").write_bytes(b"x")

    def fail(fd: int, size: int) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(_capture, "_pieces", fail)
    result = capture_text_artifact("it")
    assert result.error == {"kind": "unreadable", "message": "it cannot be read (Input/output error)"}


def test_a_growing_file_is_read_once_and_said_to_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there when it was opened is shown; its digest is not known, and the result says why."""
    Path("log").write_bytes(b"a" * 100)
    read = _capture._pieces

    def growing(fd: int, size: int) -> object:
        with Path("log").open("ab") as file:
            file.write(b"b" * 100)
        return read(fd, size)

    monkeypatch.setattr(_capture, "_pieces", growing)
    result = capture_text_artifact("log")
    assert result.error == {"kind": "changed", "message": "it was written to while it was read, 100 bytes of it"}
    assert result.excerpt is not None
    assert (result.excerpt.head, result.artifact.sha256) == ("a" * 100, None)
    admitted(result)


def test_a_writer_that_never_stops_does_not_keep_the_reader() -> None:
    """A file that grows faster than it is read ends where it ended when it was opened."""
    path, stop = Path("log"), threading.Event()
    path.write_bytes(b"line\n" * 100_000)

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"line\n" * 10_000)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        result = capture_text_artifact(path)
    finally:
        stop.set()
        writer.join()
    assert result.excerpt is not None
    assert result.excerpt.ledger.total_bytes == result.artifact.size_bytes


def test_a_file_that_goes_away_or_shrinks_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removed while it was read: whole, and said to be gone. Cut short: said to have changed."""
    read = _capture._pieces
    for act, kind in ((Path.unlink, "vanished"), (lambda path: os.truncate(path, 4), "changed")):
        Path("log").write_bytes(b"0123456789")

        def acting(fd: int, size: int, act: Callable[[Path], object] = act) -> object:
            act(Path("log"))
            return read(fd, size)

        monkeypatch.setattr(_capture, "_pieces", acting)
        result = capture_text_artifact("log")
        assert result.error is not None
        assert result.error["kind"] == kind
        assert (result.artifact.sha256 is not None) == (kind == "vanished")
        admitted(result)


def test_a_file_that_claims_to_be_empty_is_no_silent_loss() -> None:
    """Files of the kernel have size 0 and content: the result says that there was more."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system has no /proc")
    result = capture_text_artifact("/proc/self/status")
    assert result.error is not None
    assert result.error["kind"] == "changed"


def test_root_is_what_paths_are_relative_to(project: Path) -> None:
    """A path into the root is shown from there; another relative path is looked up there; none leads out of it."""
    (project / "runs" / "x").mkdir(parents=True)
    (project / "runs" / "x" / "log").write_bytes(b"hi\n")
    (project / "log").write_bytes(b"outside\n")
    inside = [
        capture_text_artifact(path, root="runs") for path in ("runs/x/log", "x/log", project / "runs" / "x" / "log")
    ]
    assert [result.artifact.path for result in inside] == ["x/log"] * 3
    assert {result.artifact.abs_path for result in inside} == {str(project / "runs" / "x" / "log")}
    out = capture_text_artifact("../log", root="runs")
    assert out.artifact.path == "../log"
    assert (out.error, out.excerpt) == (
        {"kind": "outside_root", "message": "its path leads out of the root"},
        None,
    )
    elsewhere = capture_text_artifact(project / "log", root="runs")
    assert (elsewhere.artifact.path, elsewhere.error) == (str(project / "log"), None)


def test_a_name_that_is_no_text_is_shown_escaped() -> None:
    """The reference of a file whose name is no UTF-8 can be written as JSON."""
    name = os.fsdecode(b"log-\xff")
    Path(name).write_bytes(b"x")
    result = capture_text_artifact(name)
    assert (result.artifact.path, result.artifact.exists) == ("log-\\xff", True)
    admitted(result)


def test_results_are_plain_values() -> None:
    """As field code takes them apart: `replace` for policies, `asdict` for results."""
    Path("log").write_bytes(b"x")
    assert replace(TIGHT, head_bytes=1).head_bytes == 1
    assert asdict(capture_text_artifact("log"))["artifact"]["path"] == "log"
    with pytest.raises(UsageFailure, match="tail_bytes is -1"):
        TextCapturePolicy(tail_bytes=-1)
