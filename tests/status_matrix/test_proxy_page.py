"""What `collect-the-matrix.md` shows to those behind a proxy works: fetched by a program, read from a folder."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.status_matrix.ingesting import entry, ingest, report, row, write_registry

PAGE = Path(__file__).resolve().parents[2] / "docs" / "collect-the-matrix.md"
RELEASE = "https://github.com/OWNER/dc-runner-rust/releases/latest/download/"


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("sh")), reason="needs curl and a POSIX shell")
def test_the_commands_fill_a_folder_that_is_ingested() -> None:
    """The release's address is a folder of this machine here; the digest beside the report is held against it."""
    text = PAGE.read_text(encoding="utf-8").partition("## Behind a proxy")[2]
    (script,) = re.findall(r"^```sh\n(.*?)^```$", text.partition("\n## ")[0], re.MULTILINE | re.DOTALL)
    assert script.count(RELEASE) == 2
    raw, name = json.dumps(report()).encode(), "runner-status-report-v1.json"
    release = Path("release")
    release.mkdir()
    (release / name).write_bytes(raw)
    (release / f"{name}.sha256").write_text(f"{hashlib.sha256(raw).hexdigest()}  {name}\n", encoding="ascii")
    here = script.replace(RELEASE, f"{release.resolve().as_uri()}/")
    subprocess.run(["sh", "-e", "-c", here], check=True, timeout=60)
    write_registry(entry("rust", folder="/status/{runner}"))
    done = ingest()
    assert row(done)["verdict"] == "ok"
    assert done.log["entries"][0]["digest"]["state"] == "matched"
