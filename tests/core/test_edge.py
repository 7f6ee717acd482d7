"""The edge of every command: each way to end becomes an exit code and at most one line."""

from __future__ import annotations

import errno
import io
import json
import os
import pty
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pytest
import typer

from runpact_core import __main__, cli, documents, edge
from runpact_core.errors import InvalidArtifact, MissingArtifact, Refused, RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Callable


def application(act: Callable[[], Any]) -> typer.Typer:
    """A real application with the one command `do`."""
    app = typer.Typer()
    app.callback()(lambda: None)
    app.command("do")(act)
    return app


def raising(error: BaseException) -> Callable[[], None]:
    """A command that ends in this way."""

    def act() -> None:
        raise error

    return act


@pytest.mark.parametrize(("result", "code"), [(None, 0), (0, 0), (1, 1), (4, 4), ("text", 0)])
def test_what_a_command_returns(result: object, code: int) -> None:
    """A number is the exit code, anything else is success."""
    assert edge.run(application(lambda: result), ["do"], "prog") == code


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (RunpactError("odd"), 1, "error[internal]: odd"),
        (MissingArtifact("x", hint="look"), 1, "error[missing-artifact]: Missing artifact: x — look"),
        (UsageFailure("no"), 2, "error[usage]: no"),
        (Refused("a\x1b[2J\nb"), 4, r"error[refused]: a\x1b[2J\x0ab"),
        (InvalidArtifact("x" * 1000), 1, f"error[invalid-artifact]: Invalid artifact: {'x' * 1000}"),
    ],
)
def test_an_error_is_one_line(error: RunpactError, code: int, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, with the exit code that fits it, whatever it quotes."""
    assert edge.run(application(raising(error)), ["do"], "prog") == code
    assert capsys.readouterr() == ("", f"{line}\n")


@pytest.mark.parametrize(
    ("words", "named", "called"),
    [
        (["do", "xyz"], "xyz", "prog do"),
        (["do", "--xyz"], "--xyz", "prog do"),
        (["xyz"], "'xyz'", "prog"),
    ],
)
def test_a_call_that_makes_no_sense(
    words: list[str], named: str, called: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one line in our form, around what the library has to say; it names the command's own help."""
    assert edge.run(application(lambda: None), words, "prog") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), named in err) == ("", 1, True)
    assert (err.partition(": ")[0], err.rpartition(" — ")[2]) == ("error[usage]", f"see {called} --help\n")


class Colour(Enum):
    """The values of an option."""

    RED = "red"


def test_the_library_s_own_words_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """What it calls the kind of its own error says nothing to who mistyped a word."""

    def act(colour: Annotated[Colour, typer.Option()] = Colour.RED) -> Colour:
        return colour

    assert edge.run(application(act), ["do", "--colour", "blue"], "prog") == 2
    out, err = capsys.readouterr()
    assert (out, "Value error" in err) == ("", False)
    assert err.startswith("error[usage]: Invalid value for '--colour': 'blue' is not ")


def test_a_call_without_words(capsys: pytest.CaptureFixture[str]) -> None:
    """A group shows its help, line by line, and that is exit code 2."""

    class NoArgsIsHelpError(Exception):
        def format_message(self) -> str:
            return "Usage: prog\n\n  Does it.\x1b"

    assert edge.run(application(raising(NoArgsIsHelpError())), ["do"], "prog") == 2
    assert capsys.readouterr() == ("", "Usage: prog\n\n  Does it.\\x1b\n")


def test_a_bug_is_not_hidden() -> None:
    """What nobody expected goes on as it is, for the one who has to find it."""
    with pytest.raises(ZeroDivisionError):
        edge.run(application(lambda: 1 // 0), ["do"], "prog")


def test_an_exit_of_a_command_s_own_goes_on() -> None:
    """SystemExit is only ours where a broken pipe is behind it."""
    with pytest.raises(SystemExit) as caught:
        edge.run(application(raising(SystemExit(7))), ["do"], "prog")
    assert caught.value.code == 7


class Abort(RuntimeError):
    """What older releases of the command-line library raise after Ctrl-C."""


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Abort()])
def test_ctrl_c(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    """130, quietly, whatever the library makes of it."""
    assert edge.run(application(raising(error)), ["do"], "prog") == edge.INTERRUPTED == 130
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_outside_the_library() -> None:
    """130 as well where it comes before the library looks."""
    assert edge.run(raising_app(KeyboardInterrupt()), [], "prog") == 130


def raising_app(error: BaseException) -> typer.Typer:
    """Stand in for an application that ends in this way."""

    def app(**_: object) -> None:
        raise error

    return app  # type: ignore[return-value]  # a stand-in


class Stream(io.StringIO):
    """A stream with a descriptor that may be exchanged, and which fails on every write."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd = fd

    def fileno(self) -> int:
        """The descriptor."""
        return self._fd

    def write(self, _text: str) -> int:
        """Fail as a pipe without a reader does."""
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("through_library", [True, False])
def test_a_broken_stdout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, through_library: bool) -> None:
    """Quiet, exit code 0; what the stream still holds goes nowhere, so the interpreter's exit is quiet too."""
    fd = os.open(tmp_path / "out", os.O_RDWR | os.O_CREAT)
    monkeypatch.setattr(sys, "stdout", Stream(fd))
    error = BrokenPipeError(32, "Broken pipe")
    app = application(raising(error)) if through_library else raising_app(error)
    assert edge.run(app, ["do"], "prog") == 0
    os.write(fd, b"left over")
    os.close(fd)
    assert (tmp_path / "out").read_bytes() == b""


def test_a_broken_stderr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code stands where nobody reads the line."""
    fd = os.open(tmp_path / "err", os.O_RDWR | os.O_CREAT)
    monkeypatch.setattr(sys, "stderr", Stream(fd))
    assert edge.complain(UsageFailure("no")) == 2
    os.write(fd, b"left over")
    os.close(fd)
    assert (tmp_path / "err").read_bytes() == b""


def test_a_closed_stderr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no stderr, errors do not go to stdout instead."""
    monkeypatch.setattr(sys, "stderr", None)
    assert edge.complain(UsageFailure("no")) == 2
    assert capsys.readouterr().out == ""


def test_a_stream_without_a_descriptor_stays_as_it_is() -> None:
    """There is nothing to silence, and nothing is raised."""
    stream = io.StringIO()
    edge.silence(stream)
    assert stream.write("still works") == 11


def test_what_stdout_cannot_say_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """On an ASCII stream a command still ends, its other characters shown as escapes."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert edge.run(application(lambda: sys.stdout.write("naïve — 日\n") and None), ["do"], "prog") == 0
    assert raw.getvalue() == b"na\\xefve \\u2014 \\u65e5" + os.linesep.encode()


@pytest.mark.parametrize(
    ("name", "message"),
    [("nowhere", "--project {} does not exist"), ("file", "--project {} is a file")],
)
def test_a_project_that_is_none(name: str, message: str, tmp_path: Path) -> None:
    """A usage error that says which of the two it is."""
    (tmp_path / "file").touch()
    path = str(tmp_path / name)
    with pytest.raises(UsageFailure) as caught:
        edge.project_dir(path)
    assert (str(caught.value), caught.value.hint) == (message.format(path), "name a folder")
    assert edge.project_dir(str(tmp_path)) == str(tmp_path)


def test_folders_without_a_name(tmp_path: Path) -> None:
    """An empty name is a mistake, such as a variable that is not set, and never the current folder."""
    for project, given, named in (("", None, "--project"), (".", "", "--runs-dir")):
        with pytest.raises(UsageFailure) as caught:
            edge.runs_dir(project, given)
        assert (caught.value.what, caught.value.hint) == (f"{named} is empty", "name a folder")
    assert edge.runs_dir(str(tmp_path), None) == str(tmp_path / "reports" / "runs")
    assert edge.runs_dir("nowhere", "given") == "given"


class Full(Stream):
    """A stream behind which there is no room."""

    def write(self, _text: str) -> int:
        """Fail as a full disk does."""
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("kind", "code", "line"),
    [(Stream, 0, ""), (Full, 3, "error[environment]: writing to stdout: No space left on device\n")],
)
def test_help_that_nobody_takes(
    kind: type[Stream], code: int, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who has gone is quiet, a full disk is one line."""
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    fd = os.open(tmp_path / "out", os.O_RDWR | os.O_CREAT)
    monkeypatch.setattr(sys, "stdout", kind(fd))
    assert edge.show("shown") == code
    os.close(fd)
    assert said.getvalue() == line


def test_help_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """It is printed as it is, and exit code 0."""
    assert edge.show("shown\n") == 0
    assert capsys.readouterr() == ("shown\n", "")


INTERRUPTED = """
import sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from runpact_core.__main__ import main
sys.argv[1:] = ["contracts", "list"]
sys.exit(main())
"""


def test_ctrl_c_while_all_is_loaded() -> None:
    """The console script is quiet from its first moment on: 130 and no traceback."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_ctrl_c_in_this_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """130, quietly, wherever it comes; else the exit code is the command's."""
    monkeypatch.setattr(cli, "main", lambda: 7)
    assert __main__.main() == 7

    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    assert __main__.main() == edge.INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_help_for_who_is_in_a_hurry(capsys: pytest.CaptureFixture[str]) -> None:
    """-h is --help, at every depth."""
    for words in ([], ["contracts"], ["contracts", "list"]):
        assert edge.run(cli.app, [*words, "-h"], "prog") == 0
        short = capsys.readouterr().out
        assert edge.run(cli.app, [*words, "--help"], "prog") == 0
        assert capsys.readouterr().out == short
        assert short.startswith(f"Usage: {' '.join(['prog', *words])} ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is Linux's")
@pytest.mark.parametrize("words", [["list"], ["show", "run"]])
def test_a_full_disk_behind_stdout_is_one_line(words: list[str]) -> None:
    """Output that cannot be written is an error of the environment, not a traceback and not silence."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "runpact_core", "contracts", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    line = "error[environment]: writing to stdout: No space left on device\n"
    assert (done.returncode, done.stderr) == (3, line)


def test_output_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    """An error of the system that nobody has put into words comes from printing: exit code 3, one line."""
    assert edge.run(application(raising(OSError(errno.ENOSPC, "No space left on device"))), ["do"], "x") == 3
    assert capsys.readouterr().err == "error[environment]: writing to stdout: No space left on device\n"


def test_what_is_told_acts_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of others on stdout are as safe as those on stderr."""
    edge.tell("::error::x", "a ##[group]b", "\x1b[2J")
    edge.tell()
    assert capsys.readouterr().out == "\\x3a:error::x\na \\x23#[group]b\n\\x1b[2J\n"


@pytest.mark.parametrize("mark", ["GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION", None])
def test_a_document_that_is_told(
    mark: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes of its file; in a job whose log is searched for commands, the same text without one."""
    for name in ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"):
        monkeypatch.delenv(name, raising=False)
    if mark is not None:
        monkeypatch.setenv(mark, "1")
    edge.tell_document({"a": "##[error]x"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"a": "##[error]x"}
    assert ("##[" in out) is (mark is None)
    if mark is None:
        assert out.encode() == documents.dumps({"a": "##[error]x"})


@pytest.mark.parametrize("stdout", [None, io.StringIO()], ids=["closed", "no terminal"])
def test_a_line_without_end(stdout: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stdout is no terminal there are no columns, whatever COLUMNS says."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", stdout)
    assert edge.columns() is None


def test_columns_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal as many as it has, or as COLUMNS says."""
    parent, child = pty.openpty()
    with open(parent, "rb"), open(child, "w") as terminal:  # noqa: PTH123 - descriptors
        monkeypatch.setattr(sys, "stdout", terminal)
        monkeypatch.setenv("COLUMNS", "40")
        assert edge.columns() == 40
