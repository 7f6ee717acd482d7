"""docs/transparency.md, row by row: the same command with us and without us, judged by `timeout` and `tini`."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.writer.support import environment, only_run, runpact_command

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells what a command sees"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),  # the child of the fork only execs
]

PAGE = Path(__file__).parents[2] / "docs" / "transparency.md"
ORPHAN = """
import os, time
reader, writer = os.pipe()
middle = os.fork()
if not middle:
    middle = os.getpid()
    if not os.fork():
        while os.getppid() == middle:
            time.sleep(0.001)
        os.write(writer, b"%d" % os.getppid())
    os._exit(0)
os.close(writer)
os.waitpid(middle, 0)
print(os.read(reader, 9))
"""
"""Shows who inherits an orphan."""

SAME = {
    "exit-code": "exit 7",
    "arguments": 'printf "%s|" "a b" "" "$(printf \'\\303\\251\')"',
    "stdin": "cat; readlink /proc/self/fd/0 | sed 's/[0-9].*//'",
    "output": "printf 'a\\r\\0b'; printf c >&2",
    "descriptors": "ls /proc/self/fd; cat <&7",
    "masks": "grep -E '^Sig(Blk|Ign)' /proc/self/status",
    "environment": "env | grep -vE '^(RUNPACT_|_=|SHLVL)' | sort",
    "folder": "pwd; umask; ulimit -n; nice",
    "group": "cut -d' ' -f5,6 /proc/self/stat",
    "orphans": f"{shlex.quote(sys.executable)} -S -c '{ORPHAN}'",
    "script": "./bare x",
}
"""Rows of which nothing differs, and a script that shows it."""

ELSEWHERE = {
    *("init", "log", "run-folder"),  # test_exec_init, test_exec_log_touched, test_exec_folder_touched
    "locale",  # below
    *("death", "not-found", "stdin-closed", "output-closed", "sigpipe", "ctrl-c"),  # below
    *("hang-up", "new-size"),  # test_exec_terminal
    *("signals", "killed", "timeout", "left-behind", "reader-gone"),  # test_exec_signals, _options, _streams
}


def both_ways(project: Path, script: str) -> list[tuple[int, bytes, bytes]]:
    """What a script shows without us and with us, in one process group and session, descriptor 7 open."""
    (project / "bare").write_text('echo "bare $1"')
    (project / "bare").chmod(0o755)
    seen = []
    for more in ([], runpact_command("exec", "--")):
        words = ["nice", "-n", "3", "bash", "-c", 'umask 027; ulimit -n 99; exec "$@" 7</etc/hostname', "bash"]
        done = subprocess.run(
            [*words, *more, "bash", "-c", script], cwd=project, env=environment(), input=b"in", capture_output=True,
            check=False, timeout=60, process_group=os.getpgrp(),
        )  # fmt: skip
        seen.append((done.returncode, done.stdout, done.stderr))
    return seen


def test_every_row_has_its_test() -> None:
    """The page names no row that nothing holds, and the other way round."""
    rows = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert rows == {*SAME, *ELSEWHERE}


@pytest.mark.parametrize("row", sorted(SAME))
def test_nothing_differs(row: str, project: Path) -> None:
    """The command shows the same bytes and ends the same way."""
    without, with_us = both_ways(project, SAME[row])
    assert with_us == without
    assert without[0] == (7 if row == "exit-code" else 0)
    assert without[1] or row == "exit-code"


@pytest.mark.parametrize("given", [[], ["LC_CTYPE=C.UTF-8"], ["LC_CTYPE=POSIX"]])
def test_no_locale(given: list[str], project: Path) -> None:
    """Row `locale`: what Python sets for itself does not reach the command; what was given does."""
    ours = [f"PYTHONPATH={environment()['PYTHONPATH']}", "PATH=/usr/bin:/bin", *given]
    for more in ([], runpact_command("exec", "--")):
        done = subprocess.run(
            ["env", "-i", *ours, *more, "env"], cwd=project, capture_output=True, check=True, timeout=60
        )
        seen = [line for line in done.stdout.decode().splitlines() if not line.startswith("RUNPACT_")]
        assert sorted(seen) == sorted(ours)


@pytest.mark.parametrize("judge", ["timeout", "tini"])
@pytest.mark.parametrize(
    "command",
    [
        ["sh", "-c", "exit 255"],
        ["sh", "-c", "kill -TERM $$"],
        ["sh", "-c", "kill -KILL $$"],
        ["no-such-command"],
        ["/etc/hostname"],
    ],
)
def test_codes_as_the_judges_have_them(judge: str, command: list[str], project: Path) -> None:
    """Rows `death` and `not-found`: exit codes are those of `timeout` and `tini`."""
    if shutil.which(judge) is None:
        pytest.skip(f"{judge} is not installed")
    words = {"timeout": ["timeout", "60"], "tini": ["tini", "-s", "--"]}[judge]
    if judge == "timeout" and command[-1].startswith("kill -KILL"):
        words = ["bash", "-c", 'timeout 60 "$@"', "bash"]  # it kills itself by the same signal
    codes = [
        subprocess.run([*each, *command], cwd=project, env=environment(), capture_output=True, check=False).returncode
        for each in (words, runpact_command("exec", "--"))
    ]
    assert codes[1] == codes[0] % 256 if codes[0] >= 0 else 128 - codes[0]


@pytest.mark.parametrize(("closed", "seen"), [("<&-", (b"no", b"no")), (">&-", (b"no", b"yes"))])
def test_closed_streams(closed: str, seen: tuple[bytes, bytes], project: Path) -> None:
    """Rows `stdin-closed` and `output-closed`: a closed stdin is closed, a closed stdout is open."""
    fd = "0" if closed == "<&-" else "1"
    script = f"test -e /proc/self/fd/{fd} && printf yes > seen || printf no > seen"
    found = []
    for more in ([], runpact_command("exec", "--")):
        words = ["bash", "-c", f'exec "$@" {closed}', "bash", *more, "bash", "-c", script.replace("/self/", "/$$/")]
        subprocess.run(words, cwd=project, env=environment(), check=True, timeout=60)
        found.append((project / "seen").read_bytes())
    assert tuple(found) == seen


def test_an_ignored_sigpipe(project: Path) -> None:
    """Row `sigpipe`: it is the default for the command, whatever it was."""
    seen = []
    for more in ([], runpact_command("exec", "--")):
        words = ["bash", "-c", "trap '' PIPE; exec \"$@\"", "bash", *more, "grep", "SigIgn", "/proc/self/status"]
        seen.append(int(subprocess.check_output(words, cwd=project, env=environment()).split()[1], 16) & 0x1000)
    assert seen == [0x1000, 0]


KINDS = """
import os, sys
kinds = ("tty" if os.isatty(n) else "pipe" for n in (1, 2))
print("ready", *kinds, os.path.sameopenfile(1, 2), flush=True)
"""
WAIT = f"""{KINDS}
import signal
signal.signal(signal.SIGINT, lambda *_: sys.exit(9))
print("go", flush=True)
signal.pause()
"""


COUNTS = """
import os, signal, sys
count = {2: 0, 3: 0, 10: 0}
def told(number, _):
    count[number] += 1
    if number == signal.SIGQUIT:
        os.kill(os.getppid(), signal.SIGUSR1)  # comes back after all that the wrapper had to pass on before
for number in count:
    signal.signal(number, told)
print("go", flush=True)
while not count[signal.SIGUSR1]:
    signal.pause()
print("counted", *count.values(), flush=True)
"""


def on_a_terminal(words: list[str], project: Path, keys: bytes = b"") -> tuple[int, str]:
    """Run words with a real terminal; type keys when the command says go; exit code and what was seen."""
    pid, fd = pty.fork()
    if pid == 0:  # pragma: no cover - the child
        os.chdir(project)
        os.execvpe(words[0], words, environment())  # noqa: S606 - the command that is tested
    seen = b""
    try:
        while data := os.read(fd, 1000):
            seen += data
            if keys and b"go\r\n" in seen:
                os.write(fd, keys)
                keys = b""
    except OSError:  # the terminal's other side is closed
        pass
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode()


@pytest.mark.parametrize(
    ("redirected", "options", "kinds"),
    [
        ("", [], "tty tty True"),
        ("2>err", [], "tty pipe False"),
        (">out", [], "pipe tty False"),
        (">out 2>err", [], "pipe pipe False"),
        ("", ["--no-pty"], "pipe pipe False"),
        ("2>err", ["--merge"], "tty tty True"),
        (">out", ["--merge"], "pipe pipe True"),
    ],
)
def test_what_is_a_terminal(redirected: str, options: list[str], kinds: str, project: Path, runs_dir: Path) -> None:
    """The table of pseudo-terminals, row by row; the log has the command's own bytes."""
    words = [*runpact_command("exec", *options, "--"), sys.executable, "-S", "-c", KINDS]
    code, _ = on_a_terminal(["bash", "-c", f'"$@" {redirected}', "bash", *words], project)
    assert code == 0
    assert (only_run(runs_dir) / "run.log").read_bytes().endswith(f"\nready {kinds}\n".encode())


def test_ctrl_c_at_a_terminal(project: Path, runs_dir: Path) -> None:
    """Row `ctrl-c`: typed at a real terminal it reaches the command, whose own exit code counts."""
    code, seen = on_a_terminal([*runpact_command("exec", "--"), sys.executable, "-S", "-c", WAIT], project, b"\x03")
    assert (code, "Traceback" in seen) == (9, False)
    assert b"ready tty tty True\ngo\n" in (only_run(runs_dir) / "run.log").read_bytes()


def test_keys_reach_the_command_once(project: Path, runs_dir: Path) -> None:
    """X-05, row `ctrl-c`: the terminal has told the command of both keys, so we do not tell it again."""
    words = [*runpact_command("exec", "--"), sys.executable, "-S", "-c", COUNTS]
    code, _ = on_a_terminal(words, project, b"\x03\x1c")
    assert code == 0
    assert (only_run(runs_dir) / "run.log").read_bytes().endswith(b"\ncounted 1 1 1\n")
