"""R-18, R-19: in a CI job the command's words are its own, and nobody can put a command into ours."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_writer import RunWriter, _exec
from runpact_writer.errors import InvalidPipelineId
from tests.writer.support import START, around, document, only_run, outside

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="the engine is for POSIX systems")
SAID = (
    b"::set-output name=x::y\n  ::add-mask::secret\n##[error]bad\nx ##[group]y\n"
    b"::stop-commands::token\n::error file=a::b\n"
    b"\x1b[31m::warning::red\x1b[0m\r\n##vso[task.setvariable variable=x]y\n::token::\nno line feed ::debug::x"
)


def commands(output: bytes) -> list[str]:
    """What a GitHub runner takes from a job's log: blanks before ``::`` do not matter, ``##[`` may be anywhere."""
    found, stopped = [], None
    for line in output.decode("utf-8", "replace").splitlines():
        second = re.match(r"\s*::([^\s:]+)(?:\s[^:]*)?::(.*)", line)
        first = re.search(r"##\[([^\s\]]+)[^\]]*\]", line)
        name = second[1] if second else first[1] if first else None
        if name is None or (stopped is not None and name != stopped):
            continue
        found.append(name)
        stopped = second[2] if second and name == "stop-commands" else None if name == stopped else stopped
    return found


def outputs(text: str) -> dict[str, str]:
    """What a GitHub runner reads of a file named by ``GITHUB_OUTPUT``: ``name=value``, or ``name<<end`` and lines."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, sign, value = re.match(r"(.*?)(=|<<)(.*)", line).groups()  # type: ignore[union-attr]  # else it is invalid
        if sign == "<<":
            end, body = value, []
            for each in lines:
                if each == end:
                    break
                body.append(each)
            value = "\n".join(body)
        found[name] = value
    return found


def test_the_ports() -> None:
    """The two grammars above see what the runner sees."""
    names = ["set-output", "add-mask", "error", "group", "stop-commands", "token", "debug"]
    assert commands(SAID.replace(b"feed ::debug", b"feed\n::debug")) == names
    assert outputs("a=1\nb<<END\nx=2\n\nEND\nc=d=e\n") == {"a": "1", "b": "x=2\n", "c": "d=e"}


@posix
def test_the_words_of_the_command(project: Path, runs_dir: Path) -> None:
    """They pass to stdout, to stderr and into the log as they are: its step works as it would without us."""
    (project / "said").write_bytes(SAID)
    done = outside("exec", "--", "sh", "-c", "cat said; cat said >&2", cwd=project, GITHUB_ACTIONS="true")
    ours, _, theirs = done.stderr.partition(b"\n")
    assert (done.stdout, theirs) == (SAID, SAID)
    assert ours.startswith(b"runpact: recording ")
    assert (commands(ours), commands(done.stdout)) == ([], commands(SAID))
    assert (only_run(runs_dir) / "run.log").read_bytes().count(b"::set-output name=x::y\n") == 2


@posix
@pytest.mark.parametrize("name", ["##[error]x", "a\n::error::x", "::add-mask::x", "x ##[stop-commands]y"])
def test_our_own_lines(name: str, project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A folder, a command or a variable with a command in its name cannot speak through us."""
    for words in (
        ["--announce", "--runs-dir", name, "--", "true"],
        ["--", name.replace("/", "")],
        ["--required-env", name.replace("\n", ""), "--", "true"],
        [name],
    ):
        _exec.main(words)
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.count("\n") >= 4
    assert commands(said.err.encode()) == []
    assert (project / name).is_dir()


def test_one_output_and_no_more(project: Path) -> None:
    """R-19: a step gets ``run_id`` alone, on one line, whatever surrounds the run; no id of a pipeline can add one."""
    target = project / "output"
    for runs_dir in ("runs", "a\nevil=1", "b<<END\nevil=2\nEND"):
        world = around({"GITHUB_OUTPUT": str(target), "GITHUB_SHA": "x\nevil=3", "RUNPACT_RUN_ID": "y\nevil=4"})
        target.write_text("")
        identifier = RunWriter("x", "1\nevil=5", runs_dir=project / runs_dir, around=world).start(*START)
        assert outputs(target.read_text()) == {"run_id": identifier}
        assert re.fullmatch(r"[0-9]{8}T[0-9]{6}Z__x__[0-9a-f]{7}", identifier)
        assert document(only_run(project / runs_dir), "open.json")["pipeline_version"] == "1\nevil=5"
    for identifier in ("x\nevil=6", "x\r", "x=y", "x<<END", "x\u2028y", ""):
        with pytest.raises(InvalidPipelineId):
            RunWriter(identifier, "1")


def test_an_output_where_nothing_can_be_recorded(project: Path) -> None:
    """Nobody is sent to a run that is not there: neither the next steps nor who reads stdout."""
    target = project / "output"
    (project / "file\nevil=1").write_text("")
    world = around({"GITHUB_OUTPUT": str(target)})
    assert RunWriter("x", "1", runs_dir=project / "file\nevil=1" / "runs", around=world).start(*START)
    assert (target.exists(), world.out.tell()) == (False, 0)
