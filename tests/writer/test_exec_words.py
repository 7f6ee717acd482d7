"""The words of `exec`: what they mean, and what is said of those that make no sense, before anything is made."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_core import edge
from runpact_core.errors import UsageFailure
from runpact_writer import _exec, _words, cli
from tests.writer.support import document, only_run, outside

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

QUICK = [sys.executable, "-S", "-c", ""]


def test_all_options(project: Path) -> None:
    """Both forms of an option are read, the last one counts, required variables add up."""
    found = _words.parse(
        [
            *("--pipeline-id=first", "--pipeline-id", "P2-Backfill", "--pipeline-version", "1.2", "--announce"),
            *("--timeout", "1", "--timeout=2.5", "--merge", "--no-pty", "--mask-env", "C", "--mask-env=D"),
            *("--required-env", "A", "--required-env=B", "--product", "spec-kit", "--project", str(project)),
            *("--", "make", "--project", "x", "--"),
        ]
    )
    assert found == _words.Options(
        command=("make", "--project", "x", "--"),
        pipeline_id="P2-Backfill",
        pipeline_version="1.2",
        required_env=("A", "B"),
        mask_env=("C", "D"),
        timeout_s=2.5,
        merge=True,
        pty=False,
        product="spec-kit",
        announce=True,
        runs_dir=str(project / "reports" / "runs"),
    )


def test_defaults() -> None:
    """Without options the command's base name is the pipeline; `--` may be left out before a plain word."""
    found = _words.parse(["/usr/bin/python3.11", "--version"])
    assert found == _words.Options(
        ("/usr/bin/python3.11", "--version"),
        "python3-11",
        "0.0.0",
        (),
        (),
        None,
        False,
        True,
        None,
        False,
        "./reports/runs",
    )


def test_a_folder_of_runs_that_is_given(project: Path) -> None:
    """`--runs-dir` is taken as it is, whatever the project."""
    assert _words.parse(["--runs-dir", "elsewhere", "--", "x"]).runs_dir == "elsewhere"


@pytest.mark.parametrize(
    ("command", "identifier"),
    [
        ("make", "make"),
        ("./run_all.sh", "run-all-sh"),
        ("-rf", "-rf"),
        ("/", "command"),
        ("..", "--"),
        ("naïve", "na-ve"),
        ("x" * 130, "x" * 100),
    ],
)
def test_the_pipeline_of_a_command(command: str, identifier: str) -> None:
    """Any command has an id that is valid: the base name, other characters as hyphens, at most 100."""
    assert _words.default_pipeline_id(command) == identifier


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "error[usage]: there is no command to run — write it after --: runpact exec -- make test"),
        (["--"], "error[usage]: there is no command to run — write it after --: runpact exec -- make test"),
        (["--pipeline-id"], "error[usage]: --pipeline-id needs a value — see runpact exec --help"),
        (
            ["--pipline-id", "x"],
            "error[usage]: there is no option --pipline-id — see runpact exec --help; the command goes after --",
        ),
        (
            ["--announce=yes", "--", "x"],
            "error[usage]: there is no option --announce=yes — see runpact exec --help; the command goes after --",
        ),
        (
            ["--required-env", "A=s", "--", "x"],
            "error[usage]: 'A=s' names no environment variable — give the name alone, such as DATABASE_URL",
        ),
        (
            ["--required-env", "", "--", "x"],
            "error[usage]: '' names no environment variable — give the name alone, such as DATABASE_URL",
        ),
        (
            ["--product", "a/b", "--", "x"],
            (
                "error[usage]: 'a/b' is no product id — use 1 to 100 ASCII letters, digits, dots, hyphens and"
                " underscores, the first a letter or digit"
            ),
        ),
        (
            ["--mask-env", "A=s", "--", "x"],
            "error[usage]: 'A=s' names no environment variable — give the name alone, such as DATABASE_URL",
        ),
        *(
            (
                ["--timeout", word, "--", "x"],
                f"error[usage]: --timeout {word} is no number of seconds — give one above 0, such as 90 or 0.5",
            )
            for word in ("abc", "0", "-1", "nan", "5s")
        ),
        *(
            (
                ["--timeout", word, "--", "x"],
                f"error[usage]: --timeout {word} is too long — give at most 10000000 s, or none",
            )
            for word in ("inf", "1e9")
        ),
        (
            ["--pipeline-version", "1" * 201, "--", "x"],
            "error[usage]: --pipeline-version has 201 characters — give at most 200",
        ),
        (["--pipeline-id", "--", "ls"], "error[usage]: --pipeline-id needs a value — see runpact exec --help"),
        (["--project", "nowhere", "--", "x"], "error[usage]: --project nowhere does not exist — name a folder"),
        (["--project", "file", "--", "x"], "error[usage]: --project file is a file — name a folder"),
    ],
)
def test_bad_usage(words: list[str], line: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, one line with a hint, nothing made."""
    (project / "file").touch()
    assert _exec.main(words) == 2
    assert capsys.readouterr() == ("", f"{line}\n")
    assert [path.name for path in project.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [
        ("../x", "'../x'"),
        ("a/b", "'a/b'"),
        ("a\\b", r"'a\\\\b'"),
        ("", "''"),
        ("x" * 101, "'" + "x" * 60 + "…'"),
        ("a\nb", r"'a\\nb'"),
        ("a\n", r"'a\\n'"),
        ("cafe\u0301", "'cafe\u0301'"),
        ("🚀", "'🚀'"),
        ("a.b", "'a.b'"),
        ("a b", "'a b'"),
        ("NUL\0", r"'NUL\\x00'"),
    ],
)
def test_pipeline_ids_that_no_folder_should_have(
    identifier: str, shown: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """W-10: exit code 2 before any folder is made; the line says which characters are allowed."""
    assert _exec.main(["--pipeline-id", identifier, "--", *QUICK]) == 2
    hint = "use 1 to 100 ASCII letters, digits and hyphens (A-Z a-z 0-9 -)"
    line = f"error[invalid-pipeline-id]: {shown} is no pipeline id — {hint}\n"
    assert capsys.readouterr().err == line.replace("\\\\", "\\")
    assert list(project.iterdir()) == []


@pytest.mark.parametrize("identifier", ["-rf", "CON", "0", "x" * 100])
def test_pipeline_ids_that_look_odd_and_are_fine(identifier: str, runs_dir: Path) -> None:
    """Inside a run's id these are harmless."""
    assert _exec.main(["--pipeline-id", identifier, "--", *QUICK]) == 0
    assert document(only_run(runs_dir))["pipeline_id"] == identifier


def test_help(project: Path, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """The help is on stdout, names every option that is read, and makes nothing."""
    assert _exec.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert out == snapshot
    assert [name for name in (*_words.TAKES_VALUE, *_words.FLAGS) if name not in out] == []
    assert (_exec.main(["-h"]), capsys.readouterr().out) == (0, out)
    assert list(project.iterdir()) == []


def test_words_of_other_bytes(runs_dir: Path) -> None:
    """An argument that is not UTF-8 reaches the command as it is, and is recorded with escapes."""
    if sys.platform == "win32":
        pytest.skip("arguments are text there")
    word = b"caf\xe9".decode("utf-8", "surrogateescape")
    code = "import os, sys; sys.exit(os.fsencode(sys.argv[1]) != b'caf\\xe9')"
    assert _exec.main(["--", sys.executable, "-S", "-c", code, word]) == 0
    run = document(only_run(runs_dir))
    assert run["command"][-1] == "caf\\xe9"
    assert [base64.b64decode(word) for word in run["command_b64"]] == [
        os.fsencode(sys.executable),
        b"-S",
        b"-c",
        code.encode(),
        b"caf\xe9",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_many_long_words(project: Path, runs_dir: Path) -> None:
    """X-12: nearly 2 MB of words with everything that shells trip over reach the command and the record exactly."""
    odd = ["", " ", "-x", "--", "a b", "q\"'`$(x)", "a\nb\n", "\ttab", "*", "é", "\u2028"]
    words = [*odd, *(letter * 125_000 for letter in "abcdefghijklm")]
    code = "import hashlib, sys; print(hashlib.sha256(repr(sys.argv[1:]).encode()).hexdigest())"
    done = outside("exec", "--", sys.executable, "-S", "-c", code, *words, cwd=project)
    assert (done.stdout.decode().strip(), done.returncode) == (hashlib.sha256(repr(words).encode()).hexdigest(), 0)
    found = document(only_run(runs_dir))
    assert found["command"][-len(words) :] == words
    assert "warnings" not in found


def test_an_option_of_other_bytes(runs_dir: Path) -> None:
    """What cannot be written as JSON does not stop the command, and is recorded as an escape."""
    assert _exec.main(["--pipeline-version", "\udcff", "--", *QUICK]) == 0
    assert document(only_run(runs_dir))["pipeline_version"] == "\\udcff"


def test_the_version_and_product_are_recorded(runs_dir: Path) -> None:
    """What was said of the pipeline stands in the record."""
    assert _exec.main(["--pipeline-version", "2.0", "--product=spec-kit", "--", *QUICK]) == 0
    run = document(only_run(runs_dir))
    assert (run["pipeline_version"], run["product"]) == ("2.0", "spec-kit")


def test_nothing_is_printed(runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """We print nothing of our own where stderr is no terminal and nobody asked."""
    assert _exec.main(["--", *QUICK]) == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("how", ["--announce", "GITHUB_ACTIONS", "terminal"])
def test_the_run_is_announced(
    how: str, runs_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Id and folder are said on stderr with --announce, on GitHub, and on a terminal."""
    words = ["--announce"] if how == "--announce" else []
    if how == "GITHUB_ACTIONS":
        monkeypatch.setenv(how, "true")
    if how == "terminal":
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert _exec.main([*words, "--", *QUICK]) == 0
    run = only_run(runs_dir)
    assert capfd.readouterr() == ("", f"runpact: recording {run.name} in {run}\n")


def test_a_stream_that_is_closed_or_absent_is_no_terminal() -> None:
    """Python has None where a descriptor is closed, and refuses to ask a stream that was closed."""

    class Closed:
        def isatty(self) -> bool:
            message = "I/O operation on closed file"
            raise ValueError(message)

    assert not _exec._is_terminal(None)
    assert not _exec._is_terminal(Closed())


def test_exec_stands_in_the_writer_s_own_application(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The listed command does what the quick way does, for those who reach it through the application."""
    assert edge.run(cli.app, ["exec", "--pipeline-id", "x", "--", *QUICK], "runpact-writer") == 0
    assert document(only_run(runs_dir))["pipeline_id"] == "x"
    assert edge.run(cli.app, ["exec"], "runpact-writer") == UsageFailure.exit_code
    assert "there is no command to run" in capsys.readouterr().err
