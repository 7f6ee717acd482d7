"""What a wrapped command waits for: nothing is loaded before it runs that is not needed until then; and how we end."""

from __future__ import annotations

import atexit
import gc
import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_core import documents
from runpact_writer import _exec, _guard, _spawn
from runpact_writer._pump import pump
from runpact_writer._spawn import lacking
from runpact_writer._surroundings import inherited
from tests.writer.support import document, environment, only_run, writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runpact_writer._child import Child

SLOW = {
    *("argparse", "collections", "contextlib", "dataclasses", "datetime", "difflib", "email", "enum", "functools"),
    *("inspect", "json", "logging", "pathlib", "random", "re", "selectors", "signal", "socket", "subprocess"),
    *("tempfile", "threading", "typing", "urllib", "warnings", "weakref"),
    *("click", "jsonschema_rs", "pydantic", "pydantic_core", "rich", "typer", "yaml"),
    *("runpact_core._gate", "runpact_core._json", "runpact_core._times", "runpact_core._generated"),
    *("runpact_core.documents", "runpact_core.runs", "runpact_writer.cli"),
}
UNTIL_FORK = """
import os, sys
before, fork = set(sys.modules), os.fork
def told():
    os.write(2, " ".join(set(sys.modules) - before).encode())
    return fork()
os.fork = told
from runpact_writer import _exec
sys.exit(_exec.main(sys.argv[1:]))
"""


def loaded_until_fork(cwd: Path, *options: str) -> set[str]:
    """The modules that the command's start waits for; there is nothing to mask, since maskers are made of patterns."""
    command = [sys.executable, "-c", UNTIL_FORK, *options, "--", "true"]
    done = subprocess.run(command, cwd=cwd, env=environment(NEON_DSN="short"), capture_output=True, check=True)
    return set(done.stderr.decode().split())


@pytest.mark.parametrize("options", [(), ("--required-env", "NEON_DSN", "--product", "rates", "--timeout", "60")])
def test_what_is_slow_to_load_is_not_waited_for(options: tuple[str, ...], tmp_path: Path) -> None:
    """Neither the validator nor one of the library's slow modules is loaded before the command runs."""
    found = loaded_until_fork(tmp_path, *options)
    assert "runpact_writer._recorder" in found
    assert found & SLOW == set()
    assert document(only_run(tmp_path / "reports" / "runs"))["status"] == "success"


def test_work_of_ours_is_done_in_steps() -> None:
    """What is loaded meanwhile is loaded in steps, between which the command is looked after."""
    done: list[str] = []

    class Ends:
        """A command that ends when the work is done."""

        fd = None

        def has_ended(self) -> bool:
            return done[-1:] == ["all"]

    def steps() -> Iterator[None]:
        for number in range(3):
            done.append(str(number))
            yield
        done.append("all")

    child: Child = Ends()  # type: ignore[assignment]  # as much of one as is asked
    assert pump(child, [], linger_s=0.0, meanwhile=steps()) is False
    assert done == ["0", "1", "2", "all"]


def test_what_the_seal_needs_is_loaded_meanwhile() -> None:
    """A command that takes its time finds its seal prepared: validators made, and the collector at work again."""
    gc.disable()
    try:
        assert len(list(_exec._load(gc.enable))) > 10
        assert gc.isenabled()
    finally:
        gc.enable()
    assert documents.validate("run", {}, strict=True) != []


def test_what_cannot_be_loaded_does_not_disturb_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is broken is no end of the pump: the seal finds it broken too, and says so."""
    monkeypatch.setitem(sys.modules, _exec._NEEDED_BY_SEAL[1], None)
    assert list(_exec._load(None)) == [None]


def test_the_process_ends_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As a script we do what was asked for at exit, print what is left, even to nobody, and end with the code."""
    monkeypatch.chdir(tmp_path)
    happened: list[object] = []

    class Closed:
        """A stream that nobody reads."""

        def flush(self) -> None:
            happened.append("flush")
            raise BrokenPipeError

    def leave(code: int) -> None:
        happened.append(code)
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(atexit, "_run_exitfuncs", lambda: happened.append("atexit"))
    monkeypatch.setattr(sys, "stdout", Closed())
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit):
        _exec.script(["--no-pty", "--", "sh", "-c", "exit 3"])
    assert happened == ["atexit", "flush", 3]


def test_the_exit_of_a_script_does_what_was_asked_for(tmp_path: Path) -> None:
    """What others registered for the exit of the interpreter runs, and what they printed comes out."""
    code = "import atexit, sys\nfrom runpact_writer import _exec\natexit.register(print, 'bye')\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}_exec.script(sys.argv[1:])", "--", "sh", "-c", "echo hi; exit 7"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, b"hi\nbye\n", b"")
    assert document(only_run(tmp_path / "reports" / "runs"))["exit"] == {"code": 7}


def test_forking_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody has threads there is nothing to warn of, and `warnings` is not loaded for it."""
    monkeypatch.setattr(os, "fork", lambda: 4711)
    monkeypatch.delitem(sys.modules, "threading")
    monkeypatch.setitem(sys.modules, "warnings", None)
    assert _spawn._fork() == 4711


def test_a_recorder_that_nobody_holds_is_forgotten(tmp_path: Path) -> None:
    """What is kept for children of a fork keeps no recorder alive, and nothing of it stays behind."""
    recorder = writer(tmp_path)
    recorder.start("local_cli", "command line", "mia")
    key = id(recorder)
    assert key in _guard._open
    del recorder
    assert key not in _guard._open


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX runs scripts by their first line")
@pytest.mark.parametrize(
    ("first", "name", "said"),
    [
        (b"#! /no/such/python -u\n", "./tool", "/no/such/python, named in its first line, is not there"),
        (b"#!/no/such/python\n", "tool", "/no/such/python, named in its first line, is not there"),
        (b"#!/bin/sh\r\n", "./tool", "/bin/sh with a carriage return, named in its first line, is not there"),
    ],
)
def test_a_script_without_its_interpreter(  # noqa: PLR0917 - a parametrised test takes a column per argument
    first: bytes, name: str, said: str, project: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The line names what is missing, not the file, which is there; the code is that of shells."""
    script = project / "tool"
    script.write_bytes(first)
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(project), prepend=os.pathsep)
    assert _exec.main(["--", name]) == 127
    line = f"error[not-started]: {name}: {said} — the file itself is; install what it needs\n"
    assert capfd.readouterr() == ("", line)


@pytest.mark.skipif(sys.platform == "win32", reason="these are the errors of POSIX")
@pytest.mark.parametrize(
    ("word", "code", "line"),
    [
        ("", 127, "'': command not found — check the name and PATH"),
        (
            "x" * 300,
            126,
            (
                f"{'x' * 300}: File name too long — no file has so long a name: write its words apart, as in: "
                "runpact exec -- make test"
            ),
        ),
    ],
)
def test_words_that_name_nothing(word: str, code: int, line: str, capfd: pytest.CaptureFixture[str]) -> None:
    """An empty name is shown, and one that no file can have has a hint of its own."""
    assert _exec.main(["--", word]) == code
    assert capfd.readouterr() == ("", f"error[not-started]: {line}\n")


@pytest.mark.skipif(sys.platform == "win32", reason="the mode of a file is POSIX's")
def test_what_a_program_lacks(tmp_path: Path) -> None:
    """A program that is no script, and cannot be found though it is there, lacks its loader; so does an unreadable."""
    program, without = tmp_path / "program", {"PATH": str(tmp_path)}
    program.write_bytes(b"\x7fELF")
    assert lacking("program", without) == ""
    program.chmod(0o755)
    assert lacking("program", without) == "its loader"
    assert lacking("", without) == ""


def test_a_program_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is claimed of a first line that nobody could read."""
    program = tmp_path / "program"
    program.write_bytes(b"#!/no/such\n")
    monkeypatch.setattr(os, "access", lambda *_: True)
    program.chmod(0o755)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert lacking(str(program), {}) == "its loader"


@pytest.mark.parametrize(
    ("given", "ours", "handed_on"),
    [
        (b"A=1\0LC_CTYPE=POSIX\0", "C.UTF-8", {"LC_CTYPE": "POSIX"}),
        (b"LC_CTYPE=C.UTF-8\0A=1\0", "C.UTF-8", {"LC_CTYPE": "C.UTF-8"}),
        (b"A=1\0", "C.UTF-8", {}),
        (None, "C.UTF-8", {"LC_CTYPE": "C.UTF-8"}),
        (b"A=1\0", "de_DE.UTF-8", {"LC_CTYPE": "de_DE.UTF-8"}),
    ],
)
def test_a_locale_that_nobody_gave(
    given: bytes | None, ours: str, handed_on: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process was given is handed on; where the system does not say that, or none of it is Python's, ours."""

    def started_with(*_: object) -> io.BytesIO:
        if given is None:
            raise FileNotFoundError
        return io.BytesIO(given)

    monkeypatch.setattr("builtins.open", started_with)
    found = inherited({"A": "1", "LC_CTYPE": ours})
    monkeypatch.undo()
    assert found == {"A": "1", **handed_on}
