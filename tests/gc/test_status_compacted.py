"""Compaction takes nothing away from a status; what cannot be read is unknown, and said."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runpact_core import files, jsonl
from runpact_core.errors import InvalidArtifact
from runpact_gc import _content, _forms, _scan, _verify
from runpact_gc._places import places
from runpact_gc._settings import Jsonl, Settings, StatusRule
from tests.gc.compaction import RECORDS
from tests.gc.scan_samples import NOW

LINES = st.lists(st.sampled_from(["pass", "failed", "other", ""]), min_size=1, max_size=40)


def ruled(source: str) -> Settings:
    """A family whose status stands in its files."""
    rule = StatusRule(files=("s/*",), field="/result", source=source)  # type: ignore[arg-type] # one of the three
    return Settings(patterns={"s": ("s/*",)}, status={"s": rule}, jsonl=Jsonl(min_size_kb=0))


def statuses(chosen: Settings) -> list[str]:
    """What a scan says of each entry."""
    return [entry.status for entry in _scan.scan(places(), chosen, now=NOW, save=False).entries]


def form(data: bytes, codec: str) -> bytes:
    """The form that compaction gives to bytes."""
    with TemporaryFile() as target:
        if codec == "dictionary":
            jsonl.encode(io.BytesIO(data), target)
        else:
            _forms.compressed(io.BufferedReader(io.BytesIO(data)), target, "x")
        target.seek(0)
        return target.read()


@pytest.mark.parametrize("codec", ["dictionary", "zstd"])
@pytest.mark.parametrize("source", ["first_line", "last_line", "document"])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(results=LINES, blank=st.sampled_from(["", "\n", " \r\n\n", "{"]))
def test_compaction_keeps_every_status(project: Path, source: str, codec: str, results: list[str], blank: str) -> None:
    """What the original says of a run is what its compacted form says, line or document."""
    path = project / "s" / "x.jsonl"
    path.parent.mkdir(exist_ok=True)
    whole = results[:1] if source == "document" else results
    path.write_text("".join(json.dumps({"result": each}) + "\n" for each in whole) + blank)
    before = statuses(ruled(source))
    original = path.read_bytes()
    path.write_bytes(form(original, codec))
    assert path.read_bytes() != original
    assert statuses(ruled(source)) == before
    if blank != "{":
        said = results[0 if source != "last_line" else -1]
        assert before == [{"pass": "pass", "failed": "fail"}.get(said, "unknown")]


@pytest.mark.parametrize("codec", ["dictionary", "zstd"])
def test_a_broken_form_is_unknown_and_said(project: Path, codec: str) -> None:
    """A status that cannot be read is none, and a finding names the file."""
    path = project / "s" / "x.jsonl"
    path.parent.mkdir()
    path.write_bytes(form(RECORDS, codec)[:-20])
    found = _scan.scan(places(), ruled("last_line"), now=NOW, save=False)
    assert [each.status for each in found.entries] == ["unknown"]
    assert [(each.kind, each.path, each.blocks) for each in found.findings if each.kind == "status"] == [
        ("status", "s/x.jsonl", False)
    ]


def test_lines_and_documents_are_bounded(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line or document that is too long is refused in every form; a long one among others is passed over."""
    monkeypatch.setattr(_content, "MAX_BYTES", 100_000)
    root = files.open_folder(project)
    assert root is not None
    Path("a").write_bytes(b'{"n": 1}\n' + b"x" * 200_000 + b"\n" + b'{"n": 2}\n')
    assert _content.read(root, "a", "first_line") == b'{"n": 1}\n'
    assert _content.read(root, "a", "last_line") == b'{"n": 2}'
    with pytest.raises(InvalidArtifact, match="more than 100000 bytes"):
        _content.read(root, "a", "document")
    Path("b").write_bytes(form(Path("a").read_bytes(), "zstd"))
    assert _content.read(root, "b", "last_line") == b'{"n": 2}\n'
    Path("c").write_bytes(b"x" * 200_000)
    for part in ("first_line", "last_line"):
        with pytest.raises(InvalidArtifact, match="more than 100000 bytes"):
            _content.read(root, "c", part)
    Path("d").write_bytes(b"")
    assert _content.read(root, "d", "last_line") == b""
    files.close_folder(root)


@pytest.mark.parametrize("codec", ["dictionary", "zstd"])
def test_rot_in_what_was_compacted_is_found(project: Path, codec: str) -> None:
    """Without any digest in the manifest, --deep finds a changed byte by the checksum that the form itself holds."""
    chosen = ruled("last_line")
    path = project / "artifacts" / "x.jsonl"
    path.parent.mkdir()
    path.write_bytes(form(RECORDS, codec))
    chosen = chosen._replace(patterns={"s": ("artifacts/*",)}, status={})
    _scan.scan(places(), chosen, now=NOW)
    sound = _verify.verify(places(), chosen, now=NOW, deep=True)
    assert (sound.wrong, sound.counts.digests, sound.notes) == (0, 1, ())
    status, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    shallow = _verify.verify(places(), chosen, now=NOW)
    assert shallow.wrong == 0
    assert any("no content in the store could be compared" in note for note in shallow.notes)
    deep = _verify.verify(places(), chosen, now=NOW, deep=True)
    assert [(each.kind, each.path) for each in deep.findings] == [("bit-rot", "artifacts/x.jsonl")]
