"""The whole ingest against a server that misbehaves: rows fail one by one, and the run ends in its time."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from runpact_core import documents
from runpact_status_matrix import _ingest
from runpact_status_matrix._policy import Settings
from tests.status_matrix import hostile_server
from tests.status_matrix.hostile_server import HostileServer
from tests.status_matrix.ingesting import entry, ingest, report, row, write_registry

HERE = Settings(allow_private=True, total_s=4.0, read_s=3.0, connect_s=3.0, attempts=1)


def _entry(runner_id: str, url: str, **more: Any) -> dict[str, Any]:
    return entry(runner_id, **more) | {"status_exchange": {"source_kind": "release_asset", "release_api_url": url}}


def _report(runner_id: str) -> bytes:
    return json.dumps(report(runner_id, release_version="v1.0.0")).encode()


def test_two_hundred_runners_of_which_a_tenth_is_dead(record_testsuite_property: Any) -> None:
    """180 rows stand, 20 are missing, all is written (M-19); how long it takes is told, and measured in ``bench``."""
    with HostileServer() as server:
        entries = []
        for number in range(200):
            name = f"r{number:03}"
            entries.append(_entry(name, server.release(name, _report(name))))
            if number % 20 == 3:
                server.play(f"/repos/{name}/releases/latest", hostile_server.stall())
            elif number % 20 == 13:
                server.play(f"/repos/{name}/releases/latest", hostile_server.drip(b"HTTP/1.1 200 OK\r\n"))
        write_registry(*entries)
        start = time.monotonic()
        done = ingest(settings=HERE)
        took = time.monotonic() - start
    record_testsuite_property("ingest of 200 runners, 10 % dead, seconds", f"{took:.2f}")
    assert done.matrix["summary"] == {"ok": 180, "warn": 0, "governance_fail": 0, "blocked": 20}
    assert done.log["summary"] == {"accepted": 180, "refused": 0, "failed": 20, "not_asked": 0}
    assert {each["failure"] for each in done.matrix["matrix_rows"] if "failure" in each} <= {
        "timeout",
        "connection-failed",
    }
    for contract, name in (("runner_status_matrix", _ingest.MATRIX), ("runner_status_ingest_log", _ingest.LOG)):
        assert documents.validate(contract, Path(".artifacts", name), strict=True) == []


def test_every_source_can_fail_and_all_is_written() -> None:
    """Nobody listens: each row is missing, and the three files are there."""
    with HostileServer() as server:
        url = server.url("/gone")
    write_registry(*(_entry(name, url) for name in ("a", "b", "c")))
    done = ingest(settings=HERE)
    assert done.matrix["summary"]["blocked"] == 3
    assert {each["failure"] for each in done.matrix["matrix_rows"]} == {"connection-failed"}
    assert len([path for path in Path(".artifacts").iterdir() if path.is_file()]) == 3


def test_a_report_that_lies_about_itself_is_caught_at_the_end_of_the_way() -> None:
    """Another digest, another runner, another shape, no release: each has its class, in row and log."""
    with HostileServer() as server:
        digest = {"digest": f"sha256:{'0' * 64}"}
        write_registry(
            _entry("good", server.release("good", _report("good"))),
            _entry("digest", server.release("digest", _report("digest"), asset=digest)),
            _entry("other", server.release("other", _report("good"))),
            _entry("shape", server.release("shape", b"{}")),
            _entry("none", server.url("/nowhere")),
            _entry("asset", server.release("asset", _report("asset"), asset={"name": "readme.txt"})),
        )
        done = ingest(settings=HERE)
    assert {each["runner_id"]: each.get("failure") for each in done.matrix["matrix_rows"]} == {
        "good": None,
        "digest": "checksum-mismatch",
        "other": "wrong-runner",
        "shape": "invalid-report-shape",
        "none": "missing-release-metadata",
        "asset": "missing-status-asset",
    }
    logged = {each["runner_id"]: each for each in done.log["entries"]}
    assert logged["digest"]["digest"]["state"] == "mismatched"
    assert logged["digest"]["digest"]["expected"] == "0" * 64
    assert logged["good"]["digest"] == {
        "state": "matched", "sha256": row(done, "good")["status_source"]["sha256"], "digest_from": "metadata",
    }  # fmt: skip


def test_private_addresses_need_leave() -> None:
    """Without it nothing is asked of this machine, and the row says so."""
    with HostileServer() as server:
        write_registry(_entry("rust", server.release("rust", _report("rust"))))
        done = ingest(settings=HERE._replace(allow_private=False))
        assert server.seen == []
    assert row(done)["failure"] in {"address-refused", "redirect-refused"}
    assert row(done)["who_acts"] == "registry_owners"
