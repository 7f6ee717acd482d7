"""`dash serve` over real sockets: the command, hostile connections, its end (V-01, V-03, V-05, V-06, V-08)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from runpact_core.errors import EnvironmentFailed
from runpact_reporter._dash import _listen
from tests.reporter.serving import RUN, planted, raw, served, site
from tests.reporter.support import call, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runpact_reporter._dash._answers import Answer, Asked
    from runpact_reporter._dash.serve import Application

RSS_LIMIT_KB = 200_000


def get(port: int, target: str = "/api/products.json", *more: str) -> bytes:
    """One request on a connection of its own."""
    lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", *more, "", ""]
    return raw(port, "\r\n".join(lines).encode())


def status(answer: bytes) -> int:
    """The status of an answer."""
    assert answer.startswith(b"HTTP/1.1 "), answer[:100]
    return int(answer.split()[1])


def rss_kb(pid: int) -> int:
    """The most memory that a process had."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(text.partition("VmHWM:")[2].split()[0])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, Path]]:
    """A server over a planted project: its pid, its port, the run's folder."""
    project = tmp_path_factory.mktemp("served")
    run = planted(project)
    with served(project) as (process, port):
        yield process.pid, port, run
        assert process.poll() is None


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421),
        (b"GET / HTTP/1.0\r\n\r\n", 421),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET http://evil.example/ HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400),
        (b"GET //evil.example/ HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400),
        (b"GET /files/spec-kit/../../../secret.txt HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400),
        (b"GET /" + b"a" * 8192 + b" HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\n\r\n", 400),
        (b"OPTIONS * HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\n\r\n", 405),
        (b"\x16\x03\x01 not http\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000, 400),
        (b"GET / HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", 431),
    ],
)
def test_requests_as_bytes(server: tuple[int, int, Path], request_: bytes, code: int) -> None:
    """What no client library would send is refused, and the server stays up."""
    _, port, _ = server
    answer = raw(port, request_.replace(b"PORT", str(port).encode()))
    assert status(answer) == code
    assert b"CANARY" not in answer
    assert status(get(port)) == 200


def test_it_listens_on_this_machine_alone(server: tuple[int, int, Path]) -> None:
    """127.0.0.1 and no other address has the port (V-05)."""
    _, port, _ = server
    if not Path("/proc/net/tcp").exists():
        pytest.skip("only Linux lists its sockets as files")
    listening = [
        line.split()[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]


def test_endless_headers_are_cut_off(server: tuple[int, int, Path]) -> None:
    """A client that sends headers for ever is answered 400 and dropped; memory stays (V-06)."""
    pid, port, _ = server
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(OSError):
            while sent < 1_000_000_000:
                line.sendall(b"X-Y: " + b"a" * 65_000 + b"\r\n")
                sent += 65_000
    assert sent < 100_000_000
    assert rss_kb(pid) < RSS_LIMIT_KB
    assert status(get(port)) == 200


def test_slow_and_idle_connections_do_not_stop_it(server: tuple[int, int, Path]) -> None:
    """200 half requests, then 10,000 connections that stay open: each new request is answered (V-06)."""
    pid, port, _ = server
    with contextlib.ExitStack() as held:
        for _ in range(200):
            line = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            line.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert status(get(port)) == 200
    count = min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200)
    with contextlib.ExitStack() as held:
        for number in range(count):
            held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            if number % 1000 == 999:
                assert status(get(port)) == 200
        assert status(get(port)) == 200
    assert rss_kb(pid) < RSS_LIMIT_KB


def test_ranges_are_not_offered(server: tuple[int, int, Path]) -> None:
    """1,000 ranges in one request give the whole file, once (V-06)."""
    _, port, run = server
    (run / "ranged.log").write_bytes(b"0123456789" * 100)
    ranges = ",".join(f"{number}-{number}" for number in range(1000))
    answer = get(port, f"/files/spec-kit/{RUN}/ranged.log", f"Range: bytes={ranges}")
    assert status(answer) == 200
    assert b"accept-ranges: none" in answer
    assert answer.endswith(b"\r\n\r\n" + b"0123456789" * 100)


def test_ctrl_c_ends_it(project: Path) -> None:
    """Exit code 130 with idle and half requests open, nothing on stderr."""
    planted(project)
    with served(project) as (process, port):
        with socket.create_connection(("127.0.0.1", port)) as half, socket.create_connection(("127.0.0.1", port)):
            half.sendall(b"GET / HTTP/1.1\r\n")
            assert status(get(port, "/")) == 200
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_the_log_cannot_act_on_a_terminal(project: Path) -> None:
    """`--log` says each request with everything that would act escaped; without it nothing is said (V-08)."""
    planted(project)
    with served(project, "--log") as (process, port):
        get(port)
        raw(port, f"G\x1b[2J / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        raw(port, f"GET /\x1b]0;title\x07\x9b HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode("latin-1"))
        get(port, "/%1b%5b2J%0aGET")
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert said.splitlines()[0] == "200 GET /api/products.json"
    assert said.splitlines()[-1] == "400 GET /%1b%5b2J%0aGET"
    assert said.replace("\n", "").isprintable()


def test_a_log_line_is_escaped(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes of a path that would act are shown as escapes, on one line."""
    from runpact_core import edge

    scope = {"type": "http", "method": "GET", "raw_path": b"/\x1b[2J\n\x9b", "query_string": b"", "headers": []}

    async def sent(_: object) -> None:
        return None

    asyncio.run(site(project, log=edge.say)(scope, None, sent))  # type: ignore[arg-type]  # nothing is received
    assert capsys.readouterr().err == "421 GET /\\x1b[2J\\x0a\\x9b\n"


def test_a_port_that_is_taken(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3 with what to do."""
    with _listen.bound(0) as taken:
        port = taken.getsockname()[1]
        assert call("dash", "serve", "--port", str(port)) == EnvironmentFailed.exit_code
    said = f"error[environment]: listening on 127.0.0.1:{port}: Address already in use"
    assert capsys.readouterr().err == f"{said} — choose another with --port, or 0 for a free one\n"


def test_the_extra_is_not_installed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 with the line that installs it."""
    monkeypatch.setattr("runpact_reporter._cli_dash_serve.find_spec", lambda name: None)
    assert call("dash", "serve") == 2
    assert capsys.readouterr().err == (
        'error[no-server]: the server is not installed — pip install "runpact-reporter[serve]"\n'
    )
    assert util.find_spec("uvicorn") is not None


def test_the_command_runs_what_it_was_told(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints its address, and answers for the port that it got."""
    got = []

    def ran(application: object, listener: socket.socket) -> None:
        got.append((application, listener.getsockname()))
        listener.close()

    monkeypatch.setattr(_listen, "run", ran)
    assert call("dash", "serve", "--port", "0", "--project", str(project)) == 0
    [(application, (address, port))] = got
    assert (address, application._port) == ("127.0.0.1", port)  # type: ignore[attr-defined]  # the application's own
    assert capsys.readouterr().out == f"http://127.0.0.1:{port}/\n"


def test_nothing_of_the_server_is_imported_before_it_serves() -> None:
    """The package, its commands and the application itself load no server."""
    code = (
        "import sys, runpact_reporter, runpact_reporter._cli_dash, runpact_reporter.cli\n"
        "import runpact_reporter._dash.serve\n"
        "print([name for name in ('uvicorn', 'starlette', 'h11', 'anyio') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(), timeout=60
    )
    assert done.stdout == "[]\n"


class _Here:
    """A server in this process and its loop, without its signal handlers."""

    def __init__(self, application: Application) -> None:
        self._listener = _listen.bound(0)
        self.port = self._listener.getsockname()[1]
        application._port = self.port
        self._application = application
        self._server = uvicorn.Server(_listen.configuration(self))  # type: ignore[arg-type]  # stands for the application
        self.answered = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer as the application does, and tell when that is over."""
        try:
            await self._application(scope, receive, send)
        finally:
            self.answered.set()

    async def __aenter__(self) -> _Here:  # noqa: PYI034 - nothing derives from it
        self._running = asyncio.create_task(self._server._serve([self._listener]))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        await asyncio.wait_for(self._running, 20)


async def _read_until_closed(project: Path, request_: bytes) -> bytes:
    """What the server says to a part of a request until it closes the connection."""
    async with _Here(site(project)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request_)
        got = b""
        with contextlib.suppress(ConnectionResetError):
            got = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return got


def test_a_request_that_does_not_end_is_dropped(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the limit the connection is closed without an answer."""
    monkeypatch.setattr(_listen, "REQUEST_S", 0.2)
    assert asyncio.run(_read_until_closed(project, b"GET / HTTP/1.1\r\nHos")) == b""


def test_of_too_many_connections_the_oldest_idle_goes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for connections that wait, before their time is over."""
    monkeypatch.setattr(_listen, "CONNECTIONS", 0)
    monkeypatch.setattr(_listen, "REQUEST_S", 600)
    assert asyncio.run(_read_until_closed(project, b"GET /")) == b""


def test_an_answer_that_nobody_takes_is_dropped(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that does not read loses its connection, and the file is closed with it."""
    monkeypatch.setattr(_listen, "STALL_S", 0.2)
    run = planted(project)
    with (run / "big.bin").open("wb") as file:
        file.truncate(200_000_000)
    application, answers = site(project), []
    whole = application.answer

    def kept(asked: Asked) -> Answer:
        answers.append(whole(asked))
        return answers[-1]

    async def stalled() -> None:
        async with _Here(application) as server:
            request_ = f"GET /files/spec-kit/{RUN}/big.bin HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
            with socket.create_connection(("127.0.0.1", server.port)) as line:
                line.sendall(request_.encode())
                await asyncio.wait_for(server.answered.wait(), 20)

    monkeypatch.setattr(application, "answer", kept)
    asyncio.run(stalled())
    assert answers[0].size == 200_000_000
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(answers[0].fd or 0)


def test_a_connection_takes_several_requests(project: Path) -> None:
    """Requests that are sent at once are answered in order, on one connection."""

    async def asked() -> bytes:
        async with _Here(site(project)) as server:
            one = f"HEAD /api/schemas/run.schema.json HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(f"{one}\r\n{one}Connection: close\r\n\r\n".encode())
            got = await asyncio.wait_for(reader.read(), 20)
            writer.close()
            return got

    assert asyncio.run(asked()).count(b"HTTP/1.1 200 OK\r\n") == 2


def test_a_large_file_arrives_whole(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that begins when the server has to wait for it gets every byte."""
    paused, pause = asyncio.Event(), _listen._Connection.pause_writing

    def told(connection: _listen._Connection) -> None:
        pause(connection)
        paused.set()

    monkeypatch.setattr(_listen._Connection, "pause_writing", told)
    run = planted(project)
    (run / "big.bin").write_bytes(bytes(range(256)) * 80_000)

    async def asked() -> bytes:
        async with _Here(site(project)) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            target = f"/files/spec-kit/{RUN}/big.bin"
            writer.write(
                f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode()
            )
            await asyncio.wait_for(paused.wait(), 20)
            got = await asyncio.wait_for(reader.read(), 60)
            writer.close()
            return got

    assert asyncio.run(asked()).partition(b"\r\n\r\n")[2] == bytes(range(256)) * 80_000
