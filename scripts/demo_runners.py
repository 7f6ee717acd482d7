"""Three runners for the demo: the releases of each on a loopback server, in the form of GitHub's release API."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["ASSET", "RUNNERS", "registry", "release", "served"]

ASSET = "runner-status-report-v1.json"
RUNNERS = {"rust": "required", "php": "compatibility_non_blocking", "go": "compatibility_non_blocking"}
"""Runner → its lane."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and logs nothing."""

    def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 - the name is the base's
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on a port of this machine, for as long as it is wanted; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def registry(address: str) -> dict[str, Any]:
    """The registry of the three."""
    runners = [
        {
            "runner_id": runner,
            "class": lane,
            "status": "active",
            "owner": f"{runner} maintainers",
            "entrypoints": {"implementation_repo": f"dc-runner-{runner}"},
            "status_exchange": {
                "source_kind": "release_asset",
                "release_api_url": f"{address}/{runner}/latest",
                "freshness_slo_hours": 72,
            },
        }
        for runner, lane in RUNNERS.items()
    ]
    return {"version": 2, "runners": runners}


def release(folder: Path, address: str, runner: str, version: str, *, changed: bool = False) -> None:
    """Make a release of the report that lies in the runner's folder; ``changed`` alters the report afterwards."""
    report = folder / runner / ASSET
    digest = hashlib.sha256(report.read_bytes()).hexdigest()
    if changed:
        report.write_bytes(report.read_bytes().replace(b'"fail"', b'"pass"'))
    asset = {
        "name": ASSET,
        "state": "uploaded",
        "size": report.stat().st_size,
        "digest": f"sha256:{digest}",
        "browser_download_url": f"{address}/{runner}/{ASSET}",
    }
    about = {"tag_name": version, "published_at": json.loads(report.read_bytes())["generated_at"], "assets": [asset]}
    (folder / runner / "latest").write_text(json.dumps(about), encoding="utf-8")
