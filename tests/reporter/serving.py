"""What the tests of `dash serve` share: a planted dash folder, a request in process, the server as a process.

Invariants: servers listen on free ports and are ended by their id.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from runpact_core import documents, jsonl
from runpact_reporter._dash import Project, render_page
from runpact_reporter._dash._answers import Answer, Asked
from runpact_reporter._dash.serve import Application
from tests.reporter.support import environment, last_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["PORT", "RUN", "ask", "body", "header", "planted", "raw", "served", "site"]

PORT = 8377
RUN = "20260119T120000Z__spec-kit__0000000"


def planted(project: Path) -> Path:
    """A dash folder with one product, one run, and a secret beside it; gives the run's folder."""
    run = project / "dash" / "runs" / "spec-kit" / RUN
    (run / "evidence").mkdir(parents=True)
    entry = {"product_id": "spec-kit", "display_name": "Spec Kit", "owner": "o", "status": "active"}
    documents.write(project / "dash" / "products.json", {"schema_version": "0.1", "products": [entry]})
    for folder in (run, run.parent):
        documents.write(folder / "last_run.json", last_run())
    (run / "pytest_output.log").write_bytes(b"42 passed\n")
    history = project / "dash" / "runs" / "report_history.jsonl"
    for number in range(3):
        record = {"run_rel": f"spec-kit/r{number}", "status": "success", "product_id": "spec-kit"}
        jsonl.append(history, {"schema_version": "1.0", **record})
    (project / "secret.txt").write_text("CANARY")
    return run


def site(project: Path, **more: Any) -> Application:
    """The application over a project, at a fixed time."""
    shown = Project("demo", str(project), str(project / "dash"))
    return Application([shown], PORT, lambda: 1_768_830_000.0, more.pop("pages", render_page), **more)


def ask(application: Application, target: str | bytes, method: str = "GET", **headers: str) -> Answer:
    """A request of a program on this machine; headers are named with ``_`` for ``-``."""
    raw = target.encode() if isinstance(target, str) else target
    path, _, query = raw.partition(b"?")
    stated = {"host": f"127.0.0.1:{PORT}", **headers}
    pairs = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in stated.items())
    return application.answer(Asked(method, path, query, pairs))


def header(answer: Answer, name: str) -> str | None:
    """A header of an answer."""
    return dict(answer.headers).get(name)


def body(answer: Answer) -> Any:
    """The content of an answer as JSON."""
    return json.loads(answer.body)


@contextlib.contextmanager
def served(project: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`dash serve` as a process of its own; gives it and its port."""
    command = [sys.executable, "-m", "runpact_reporter", "dash", "serve", "--port", "0", "--project", str(project)]
    process = subprocess.Popen(
        [*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        assert line.startswith("http://127.0.0.1:"), (line, process.poll())
        yield process, int(line.rpartition(":")[2].strip("/\n"))
    finally:
        process.kill()
        process.communicate(timeout=30)


def raw(port: int, request: bytes, timeout: float = 20.0) -> bytes:
    """What the server answers to these bytes, until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as line:
        line.sendall(request)
        parts = []
        with contextlib.suppress(ConnectionResetError):
            while part := line.recv(65536):
                parts.append(part)
        return b"".join(parts)
