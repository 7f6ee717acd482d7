"""The one command: it finds the words of what is installed, and says what to install for the rest."""

from __future__ import annotations

import io
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import runpact
from runpact import cli
from runpact_core import edge
from runpact_writer import _exec
from tests.writer.support import document, environment, only_run, outside, runpact_command

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


def test_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The umbrella says its own version; so it does as a console script."""
    assert cli.main(["--version"]) == 0
    monkeypatch.setattr(sys, "argv", ["runpact", "--version"])
    assert cli.main() == 0
    assert capsys.readouterr().out == f"runpact {runpact.__version__}\n" * 2


def test_help(capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """Help names every command; the same without a word, but that is no valid call: on stderr, exit code 2."""
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert out == snapshot
    assert [word for word in (*cli.COMMANDS, "exec") if f"\n  {word} " not in out] == []
    assert (cli.main(["-h"]), capsys.readouterr()) == (0, (out, ""))
    assert (cli.main([]), capsys.readouterr()) == (2, ("", out))
    assert cli.main(["runs"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["run"], 2, "error[usage]: there is no command run — did you mean runs?"),
        (["frobnicate"], 2, "error[usage]: there is no command frobnicate — see runpact --help"),
        (["\x1b[2J"], 2, r"error[usage]: there is no command \x1b[2J — see runpact --help"),
        (
            ["runs", "show", "last"],
            1,
            "error[missing-artifact]: Missing artifact: ./reports/runs — nothing was recorded there yet",
        ),
        (["runs", "show"], 2, "error[usage]: Missing argument 'RUN' — see runpact runs show --help"),
        (["contracts", "show", "rnu"], 2, "error[unknown-contract]: there is no contract 'rnu' — did you mean run?"),
        (["exec"], 2, "error[usage]: there is no command to run — write it after --: runpact exec -- make test"),
    ],
)
def test_errors(words: list[str], code: int, line: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, the right exit code, nothing made."""
    assert cli.main(words) == code
    assert capsys.readouterr() == ("", f"{line}\n")
    assert list(project.iterdir()) == []


def test_words_reach_their_tools(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`exec` records, `runs` sees it, `contracts` holds it to its contract."""
    assert cli.main(["exec", "--pipeline-id", "x", "--", sys.executable, "-S", "-c", ""]) == 0
    run = only_run(project / "reports" / "runs")
    assert document(run)["status"] == "success"
    assert cli.main(["runs", "verify"]) == 0
    assert cli.main(["contracts", "validate", str(run / "run.json")]) == 0
    assert capsys.readouterr().out == f"{run.name}: ok\n{run}/run.json: valid run 0.2\n"


WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == sys.argv[1]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from runpact.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize(
    ("absent", "word", "line"),
    [
        ("runpact_writer", "runs", "error[not-installed]: runpact runs is not installed — pip install runpact-writer"),
        ("runpact_writer", "exec", "error[not-installed]: runpact exec is not installed — pip install runpact-writer"),
        (
            "runpact_gc",
            "artifacts",
            "error[not-installed]: runpact artifacts is not installed — pip install runpact-gc",
        ),
        *(
            (
                "runpact_status_matrix",
                word,
                f"error[not-installed]: runpact {word} is not installed — pip install runpact-status-matrix",
            )
            for word in ("status", "certify", "matrix")
        ),
    ],
)
def test_an_absent_package(absent: str, word: str, line: str, project: Path) -> None:
    """A word whose package is absent: one line that says what to install, exit code 2; the rest still works."""
    assert without(absent, word, "list") == (2, "", f"{line}\n")
    assert without(absent, "--help")[0::2] == (0, "")
    assert without(absent, "contracts", "list")[0::2] == (0, "")


def without(absent: str, *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the umbrella where a package is absent."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, absent, *words],
        env=environment(),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("word", ["runs", "exec"])
@pytest.mark.parametrize("name", ["something_else", None])
def test_another_module_that_is_missing(word: str, name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that fails inside an installed package is an error of its own, not a package to install."""
    error = ModuleNotFoundError("No module named 'something_else'", name=name)

    class Broken:
        def find_spec(self, wanted: str, _path: object = None, _target: object = None) -> None:
            if wanted.startswith("runpact_writer."):
                raise error

    for module in [name for name in sys.modules if name.startswith("runpact_writer.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.delattr("runpact_writer._exec", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(ModuleNotFoundError) as caught:
        cli.main([word, "list"])
    assert caught.value is error


@pytest.mark.parametrize("word", ["runs", "exec"])
def test_not_installed_in_this_process(
    word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same line as in a process of its own."""

    class Absent:
        def find_spec(self, wanted: str, _path: object = None, _target: object = None) -> None:
            if wanted.startswith("runpact_writer"):
                raise ModuleNotFoundError(wanted, name=wanted)

    for module in [name for name in sys.modules if name.startswith("runpact_writer")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    assert cli.main([word, "list"]) == 2
    line = f"error[not-installed]: runpact {word} is not installed — pip install runpact-writer\n"
    assert capsys.readouterr() == ("", line)


LOADED = """
import sys
before = set(sys.modules)
{0}
heavy = {{"pydantic", "pydantic_core", "jsonschema_rs", "typer", "click", "yaml", "importlib.metadata"}}
ours = {{name for name in set(sys.modules) - before if name.startswith("runpact")}}
print(sorted(heavy & set(sys.modules)), len(ours))
"""


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("import runpact_writer", 1),
        ("import runpact_core", 1),
        ("from runpact.cli import main; main(['--version'])", 3),
        ("from runpact.cli import main; main(['--help'])", 3),
    ],
)
def test_what_is_light_stays_light(code: str, ours: int) -> None:
    """Importing the packages, --version and --help load no validator, no models, no command-line library."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(code)], env=environment(), capture_output=True, check=True, text=True
    )
    assert done.stdout.splitlines()[-1] == f"[] {ours}"


def test_a_recorder_loads_no_command_line_library() -> None:
    """Asking the package for its names loads the recorder, still without models and command line."""
    code = "import runpact_writer; runpact_writer.RunWriter; runpact_writer.detect_trigger"
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(code)], env=environment(), capture_output=True, check=True, text=True
    )
    assert done.stdout.startswith("[] ")


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["contracts", "list"], ["exec", "--help"], ["runs", "--help"]]
)
def test_a_reader_who_has_gone(words: list[str], project: Path) -> None:
    """`| head` ends a command quietly: nothing on stderr, exit code 0."""
    with subprocess.Popen(
        runpact_command(*words), cwd=project, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        assert (process.wait(60), err) == (0, b"")


def test_a_lone_surrogate_among_the_words(project: Path) -> None:
    """Words that are no text end in one line, too."""
    done = outside("runs", "\udcff", cwd=project)
    assert done.returncode == 2
    assert done.stderr.decode() == "error[usage]: No such command '\\udcff' — see runpact runs --help\n"


INSTALLED = {word for word, (module, *_) in cli.COMMANDS.items() if find_spec(module.partition(".")[0])}
"""The words whose packages are here; the package's own tests run without the tools that are extras."""


@pytest.mark.parametrize(
    ("line", "offered"),
    [("runpact ", {"exec", *INSTALLED}), ("runpact runs ver", {"verify"}), ("runpact exec -- ma", {""})],
)
def test_what_a_shell_is_offered(
    line: str, offered: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked by a shell, without words, it offers the words of every tool; the wrapped command is the shell's own."""
    monkeypatch.setenv("_RUNPACT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    assert cli.main([]) == 0
    assert set(capsys.readouterr().out.splitlines()) == offered


def test_completion_without_a_package(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What is installed is offered; a script for the shell is printed all the same."""

    def load(module: str, _name: str) -> None:
        raise ModuleNotFoundError(module, name=module)

    monkeypatch.setattr(cli, "_load", load)
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    assert cli.main(["--show-completion", "zsh"]) == 0
    assert "_RUNPACT_COMPLETE=complete_zsh" in capsys.readouterr().out


def test_a_variable_left_behind_changes_no_call(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """Only a call without words is a shell's question."""
    monkeypatch.setenv("_RUNPACT_COMPLETE", "complete_bash")
    assert cli.main(["exec", "--pipeline-id", "x", "--", sys.executable, "-S", "-c", ""]) == 0
    assert document(only_run(project / "reports" / "runs"))["status"] == "success"


def test_exec_is_handed_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything after `exec` is the wrapper's, --version and --help too."""
    seen: list[list[str]] = []

    def wrapper(words: list[str]) -> int:
        seen.append(words)
        return 9

    monkeypatch.setattr(_exec, "main", wrapper)
    assert cli.main(["exec", "--version", "--", "x"]) == 9
    assert seen == [["--version", "--", "x"]]


INTERRUPTED = """
import sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            raise KeyboardInterrupt
wanted = sys.argv.pop(1)
sys.meta_path.insert(0, Interrupted())
from {0}.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("script", "loading", "words"),
    [
        ("runpact", "typer", ["runs", "list"]),
        ("runpact", "runpact_core.edge", ["runs", "list"]),
        ("runpact", "runpact_writer._exec", ["exec", "--", "true"]),
        ("runpact_writer", "typer", ["runs", "list"]),
    ],
)
def test_ctrl_c_while_all_is_loaded(script: str, loading: str, words: list[str], project: Path) -> None:
    """Every console script is quiet from its first moment on: 130, no traceback, nothing made."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(script), loading, *words],
        cwd=project, env=environment(), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
    assert list(project.iterdir()) == []


def test_ctrl_c_in_this_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """130, quietly, wherever it comes."""

    def interrupted(_words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_dispatch", interrupted)
    assert cli.main(["runs", "list"]) == edge.INTERRUPTED == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is Linux's")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["runs", "--help"], ["exec", "--help"]])
def test_help_on_a_full_disk_is_one_line(words: list[str], project: Path) -> None:
    """What cannot be written is an error of the environment, not a traceback."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            runpact_command(*words), cwd=project, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    line = b"error[environment]: writing to stdout: No space left on device\n"
    assert (done.returncode, done.stderr) == (3, line)


class Gone(io.StringIO):
    """A stdout whose reader has gone."""

    def write(self, _text: str) -> int:
        """Fail as a pipe does."""
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["exec", "--help"]])
def test_a_reader_who_has_gone_in_this_process(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs no command-line library ends as quietly as the rest."""
    monkeypatch.setattr(sys, "stdout", Gone())
    assert cli.main(words) == 0
