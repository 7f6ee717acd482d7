"""Slow, silent and departed readers, full disks and killed wrappers: what comes out and what is kept."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.writer.support import document, environment, only_run, outside, runpact_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the engine is for POSIX systems")


@contextlib.contextmanager
def talking(words: list[str], project: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """A process with pipes for stdin and stdout, and their two descriptors."""
    with subprocess.Popen(
        words, cwd=project, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process, process.stdin.fileno(), process.stdout.fileno()
        finally:
            process.kill()  # ended long ago, unless the test failed


def read(fd: int, size: int) -> bytes:
    """Exactly so many bytes, fewer at the end."""
    parts = []
    while size and (part := os.read(fd, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def answer(to: int, fro: int, word: bytes) -> bytes:
    """What comes back for a word: all that came before it went through the log already."""
    os.write(to, word)
    return read(fro, len(word))


def test_an_unfinished_line_is_seen_at_once(
    project: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """T-05: a prompt without a line feed, then silence: out at once, a hundred times over.

    Nothing else is written before the answer is read, so whoever waits for more waits for ever.
    """
    took = []
    with talking(runpact_command("exec", "--", "cat"), project) as (process, to, fro):
        assert answer(to, fro, b"warm") == b"warm"
        for _ in range(100):
            begun = time.perf_counter()
            assert answer(to, fro, b"?") == b"?"
            took.append(time.perf_counter() - begun)
        process.communicate(timeout=60)
        assert process.returncode == 0
    record_testsuite_property("an unfinished line, ms until it is seen, 99 of 100", f"{1000 * sorted(took)[98]:.1f}")


SLOW = """
import os
os.write(1, b"x" * 1_000_000)
with open("told", "w") as told:
    told.write("done")
os.write(1, b"y" * 5_000_000)
raise SystemExit(6)
"""


def test_a_reader_who_waits(project: Path, runs_dir: Path) -> None:
    """T-10: while nobody reads our stdout the command goes on for a megabyte, then waits; all of it comes later."""
    os.mkfifo(project / "told")
    with talking(runpact_command("exec", "--", sys.executable, "-S", "-c", SLOW), project) as (process, _, fro):
        assert (project / "told").read_text() == "done"
        first = [read(fro, 1000) for _ in range(5)]
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (6, b"")
    assert b"".join([*first, out]) == b"x" * 1_000_000 + b"y" * 5_000_000
    assert document(only_run(runs_dir))["log"]["size_bytes"] == 6_000_000 + len(f"RUN_ID={only_run(runs_dir).name}\n")


def test_only_line_feeds_end_lines(project: Path, runs_dir: Path) -> None:
    """T-12: what editors also take for line ends does not move the number of a line."""
    text = "a\vb\fc\x1cd\x85e\u2028f\rg\nh\n".encode()
    check = '{"check": {"id": "%s", "name": "%s", "status": "pass", "evidence": ["run.log:line:%d"]}}\n'
    said = "".join(check % (name, name, number) for name, number in (("third", 3), ("fourth", 4)))
    words = ["exec", "--", "sh", "-c", 'cat; printf "%s" "$SAID" > "$RUNPACT_EVENTS"']
    assert outside(*words, cwd=project, stdin=text, SAID=said).stdout == text
    run = only_run(runs_dir)
    assert document(run)["log"]["lines"] == 3
    done = outside("runs", "verify", cwd=project).stdout.decode()
    assert ("check third" in done, "check fourth: run.log:line:4" in done) == (False, True)


def test_a_killed_wrapper_has_logged_what_came_out(project: Path, runs_dir: Path) -> None:
    """T-13: kill -9 in mid-stream: the log has every byte that came out before, and `recover` counts it."""
    text = b"line\n" * 20_000
    with talking(runpact_command("exec", "--", "cat"), project) as (process, to, fro):
        for start in range(0, len(text), 5_000):
            assert answer(to, fro, text[start : start + 5_000]) == text[start : start + 5_000]
        assert answer(to, fro, b"!") == b"!"
        process.kill()
        assert process.wait(60) < 0
    run = only_run(runs_dir)
    log = f"RUN_ID={run.name}\n".encode() + text
    assert (run / "run.log").read_bytes()[: len(log)] == log
    assert outside("runs", "recover", cwd=project).returncode == 0
    assert document(run)["log"]["lines"] == 20_001
    assert document(run)["log"]["size_bytes"] in {len(log), len(log) + 1}


SMALL = """
mkdir -p "$1" && mount -t tmpfs -o size=64k none "$1" || exit 77
head -c 24k /dev/zero > "$1/ballast"
shift
"$@"
code=$?
cat reports/runs/*/run.json 2>/dev/null
exit $code
"""
COMMAND = 'head -c 200000 /dev/zero; read word; printf "$word"; read word; rm $word reports/runs/ballast; exit 9'


@pytest.mark.parametrize("room", [False, True])
def test_a_disk_that_fills_with_the_log(project: Path, runs_dir: Path, *, room: bool) -> None:
    """T-08: 64 KiB for the log: stdout has all, the exit code stands, the run is sealed, even in the log's room."""
    if shutil.which("unshare") is None or not sys.platform.startswith("linux"):
        pytest.skip("mount namespaces are Linux's, and need unshare")
    script = SMALL if room else SMALL.replace("head -c 24k", "head -c 0")
    words = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", str(runs_dir)]
    with talking([*words, *runpact_command("exec", "--", "sh", "-c", COMMAND)], project) as (process, to, fro):
        start = read(fro, 200_000)
        if not start and process.wait(60) == 77:
            pytest.skip("this machine lets us mount nothing")
        os.write(to, b"go\n")
        assert (start == bytes(200_000), read(fro, 2)) == (True, b"go")  # the log took of it what it could
        out, err = process.communicate(b"-f\n", timeout=60)
    assert process.returncode == 9
    facts = json.loads(out)
    first = len(f"RUN_ID={facts['run_id']}\n")
    assert (facts["status"], facts["exit"]) == ("failed", {"code": 9})
    assert facts["log"]["size_bytes"] + facts["log"]["omitted_bytes"] == first + 200_002
    assert facts["log"]["omitted_bytes"] > 100_000
    missing, *cut = facts["warnings"]
    assert err.decode() == "".join(f"runpact: {warning}\n" for warning in facts["warnings"])
    gone = 0 if room else int(cut[0].removeprefix("the last ").partition(" ")[0])
    assert f"{facts['log']['omitted_bytes'] - gone} bytes are missing from run.log" in missing
    told = f"the last {gone} bytes of run.log were cut off, to make room for run.json on a full disk"
    assert cut == ([] if room else [told])
