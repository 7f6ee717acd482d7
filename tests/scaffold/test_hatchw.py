"""The bootstrap: which Python it takes, what it leaves behind, and that it stays out of the way."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.scaffold.conftest import PRETENDER

if TYPE_CHECKING:
    from tests.scaffold.conftest import Project

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="hatchw is for POSIX shells")

SHELLS = [
    pytest.param(shell, id=" ".join(shell))
    for shell in (("sh",), ("dash",), ("bash", "--posix"), ("busybox", "sh"))
    if shutil.which(shell[0])
]
BROKEN_SHIM = "#!/bin/sh\necho 'shim: command not found' >&2\nexit 127\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_arguments_and_exit_code_are_handed_on(project: Project, shell: tuple[str, ...]) -> None:
    """Words reach Hatch one by one, as they are, and its exit code comes back; in any POSIX shell."""
    project.program("python3")
    done = project.start("run", "a b", "", "*", "$HOME", shell=shell, PRETEND_EXIT="42")
    assert done.returncode == 42
    words = ["-I", "-m", "hatch", "run", "a b", "", "*", "$HOME"]
    assert done.stdout.splitlines()[1:] == [f"arg={word}" for word in words]


def test_a_shim_that_fails_is_not_a_python(project: Project) -> None:
    """A name on PATH that does not run is passed over for the next one that does."""
    project.program("python3.13", BROKEN_SHIM)
    project.program("python3.12", "#!/bin/sh\nexit 1\n")
    project.program("python3")
    done = project.start("--version")
    assert done.returncode == 0
    assert "command not found" not in done.stderr
    assert project.calls[-1] == "-I -m hatch --version"


def test_the_python_that_is_named_comes_first(project: Project) -> None:
    """PYTHON is taken before any name on PATH, also with a space in its path."""
    project.program("python3", BROKEN_SHIM)
    named = project.program("my python")
    assert project.start("--version", PYTHON=str(named)).returncode == 0
    assert project.calls[0].startswith("-c import ensurepip, sys, venv")


def test_without_a_python_there_is_one_line(project: Project) -> None:
    """No Python: exit code 3, one line that says what to do, and nothing left in the project."""
    done = project.start("run", "test")
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "hatchw: no Python >= 3.11 with venv found; install one, or name it: PYTHON=/path/to/python ./hatchw"
    ]
    assert not (project.root / ".hatch").exists()


def test_only_the_first_start_installs(project: Project) -> None:
    """The second start asks no Python for its version and installs nothing."""
    project.program("python3")
    first = project.start("--version")
    before = len(project.calls)
    second = project.start("--version")
    assert first.stderr.count("hatchw: installing") == 1
    assert second.stderr == ""
    assert project.calls[before:] == ["-I -m hatch --version"]


def test_standard_output_is_the_command_s_alone(project: Project) -> None:
    """What the first start says goes to stderr, so that its output can be read by a program."""
    project.program("python3")
    assert project.start("x").stdout == project.start("x").stdout


def test_a_failed_installation_is_not_taken_for_a_whole_one(project: Project) -> None:
    """A first start that breaks off leaves no environment; the next one begins again and works."""
    project.program("python3")
    broken = project.start("--version", PRETEND_PIP="1")
    assert broken.returncode == 3
    assert broken.stderr.splitlines()[-1].startswith("hatchw: cannot install Hatch")
    assert list((project.root / ".hatch").iterdir()) == []
    assert project.start("--version").returncode == 0


def test_a_draft_of_a_killed_start_is_not_used(project: Project) -> None:
    """What a start leaves that was killed outright has another name, and is never looked into."""
    project.program("python3")
    draft = project.root / ".hatch" / "draft-1" / "bin"
    draft.mkdir(parents=True)
    shutil.copy(project.bin / "python3", draft / "python")
    assert project.start("--version").stderr.count("installing") == 1


def test_an_environment_whose_python_is_gone_is_made_anew(project: Project) -> None:
    """A dangling link to a Python that was removed is not an environment."""
    project.program("python3")
    project.start("--version")
    (environment,) = (project.root / ".hatch").glob("hatch-*")
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to(project.bin / "removed")
    done = project.start("--version")
    assert (done.returncode, done.stderr.count("installing")) == (0, 1)


def test_two_first_starts_do_not_disturb_each_other(project: Project) -> None:
    """One that finds the place taken when it is done uses what is there, and leaves nothing beside it."""
    project.program("python3")
    overtaken = f"*'-m pip '*) PYTHON= {shutil.which('sh')} '{project.root}/hatchw' inner >&2 ;;"
    slow = project.program("slow", PRETENDER.replace("*'-m pip '*) exit \"${PRETEND_PIP:-0}\" ;;", overtaken))
    done = project.start("outer", PYTHON=str(slow))
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "arg=outer"
    assert "arg=inner" in done.stderr
    left = sorted(path.name for path in (project.root / ".hatch").iterdir())
    assert [name.split("-")[0] for name in left] == ["config.toml", "hatch"]


def test_inside_the_project_the_folder_stays(project: Project) -> None:
    """In a package's folder Hatch sees that folder."""
    project.program("python3")
    inside = project.root / "packages" / "core"
    inside.mkdir(parents=True)
    assert project.start("x", cwd=inside).stdout.splitlines()[0] == f"cwd={inside.resolve()}"


def test_from_outside_it_is_the_root(project: Project) -> None:
    """From any other folder Hatch sees the whole, also from one whose name begins like the project's."""
    project.program("python3")
    beside = project.root.with_name("a project 2")
    beside.mkdir()
    assert project.start("x", cwd=beside).stdout.splitlines()[0] == f"cwd={project.root.resolve()}"
