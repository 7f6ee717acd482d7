"""The commit that is checked out, from the files of every kind of repository, without starting anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_writer import _git

if TYPE_CHECKING:
    from pathlib import Path

SHA = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"
NONE = {"sha": "0" * 40, "sha7": "0" * 7, "ref": ""}


def repository(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A folder with a `.git` of these files."""
    for name, content in files.items():
        path = folder / ".git" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def at(ref: str, sha: str = SHA) -> dict[str, str]:
    """What is recorded of a commit."""
    return {"sha": sha, "sha7": sha[:7], "ref": ref}


PACKED = (
    f"# pack-refs with: peeled fully-peeled sorted\n{'b' * 40} refs/heads/other\n{SHA} refs/heads/main\n^{'c' * 40}\n"
)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": f"{SHA}\n"}, at("main")),
        ({"HEAD": "ref: refs/heads/a/b\n", "refs/heads/a/b": SHA}, at("a/b")),
        ({"HEAD": "ref: refs/tags/v1\n", "refs/tags/v1": SHA}, at("v1")),
        ({"HEAD": "ref: refs/remotes/x\n", "refs/remotes/x": SHA}, at("refs/remotes/x")),
        ({"HEAD": f"{SHA}\n"}, at("")),
        ({"HEAD": "ref: refs/heads/main\n", "packed-refs": PACKED}, at("main")),
        (
            {"HEAD": "ref: refs/heads/main\n", "packed-refs": PACKED, "refs/heads/main": "d" * 40},
            at("main", "d" * 40),
        ),
        (
            {"HEAD": "ref: refs/heads/main", "refs/heads/main": "ref: refs/heads/x", "refs/heads/x": SHA},
            at("main"),
        ),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": "e" * 64}, at("main", "e" * 64)),
    ],
    ids=["branch", "slash", "tag", "remote", "detached", "packed", "loose-wins", "symbolic", "sha256"],
)
def test_a_commit(files: dict[str, str | bytes], expected: dict[str, str], project: Path) -> None:
    """Branch, tag, detached head, loose and packed refs, both sizes of ids; also from a folder below."""
    repository(project, files)
    below = project / "src" / "deep"
    below.mkdir(parents=True)
    assert _git.commit(str(project)) == expected
    assert _git.commit(str(below)) == expected


@pytest.mark.parametrize(
    ("files", "ref"),
    [
        ({"HEAD": "ref: refs/heads/main\n"}, "main"),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": SHA[:20]}, "main"),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": SHA.upper()}, "main"),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": "ref: refs/heads/main"}, "main"),
        ({"HEAD": "ref: refs/heads/main\n", "packed-refs": f"{SHA[:7]} refs/heads/main\n"}, "main"),
        ({"HEAD": "ref: refs/heads/main\n", "packed-refs": "ref: refs/heads/main\n"}, "main"),
        ({"HEAD": ""}, ""),
        ({"HEAD": "ref: "}, ""),
        ({"HEAD": "ref: refs/he"}, "refs/he"),
        ({"HEAD": SHA[:39]}, ""),
        ({"HEAD": b"\xff\xfe"}, ""),
        ({"HEAD": "ref: ../../x\n", "../x": SHA}, ""),
        ({"HEAD": "ref: refs/../../x\n", "../x": SHA}, ""),
        ({"HEAD": "ref: refs//x\n", "refs/x": SHA}, ""),
        ({"HEAD": "ref: /etc/passwd\n"}, ""),
        ({"HEAD": "ref: refs/heads/.invalid\n", "refs/heads/.invalid": SHA}, ""),
        ({"HEAD": "ref: refs/heads/a\0b\n"}, "a\0b"),
        ({"HEAD": "ref: refs/heads/main\n" + "x" * 70_000}, ""),
    ],
)
def test_no_commit(files: dict[str, str | bytes], ref: str, project: Path) -> None:
    """Unborn, torn, circular and hostile refs give zeros; nothing outside `refs` is read for them."""
    assert _git.commit(str(repository(project, files))) == {**NONE, "ref": ref}


def test_no_repository(project: Path) -> None:
    """Zeros and an empty ref; so where `.git` is a file that leads nowhere."""
    assert _git.commit(str(project)) == NONE
    (project / ".git").write_text("gitdir: nowhere\n")
    assert _git.commit(str(project)) == NONE
    (project / ".git").write_text("something else\n")
    assert _git.commit(str(project)) == NONE


def test_a_worktree(project: Path) -> None:
    """A worktree's `.git` is a file; its HEAD is its own, its branches are those of the repository."""
    main = repository(
        project / "main",
        {
            "HEAD": "ref: refs/heads/main\n",
            "refs/heads/side": f"{SHA}\n",
            "worktrees/side/HEAD": "ref: refs/heads/side\n",
            "worktrees/side/commondir": "../..\n",
        },
    )
    side = project / "side"
    side.mkdir()
    (side / ".git").write_text(f"gitdir: {main}/.git/worktrees/side\n")
    assert _git.commit(str(side)) == at("side")
    (main / ".git" / "refs" / "heads" / "side").unlink()
    (main / ".git" / "packed-refs").write_text(f"{'f' * 40} refs/heads/side\n")
    assert _git.commit(str(side)) == at("side", "f" * 40)
    (side / ".git").write_text("gitdir: ../main/.git/worktrees/side\n")
    assert _git.commit(str(side)) == at("side", "f" * 40)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no FIFO")
def test_a_fifo_is_not_waited_for(project: Path) -> None:
    """A HEAD that is no regular file counts as none, at once."""
    (project / ".git").mkdir()
    os.mkfifo(project / ".git" / "HEAD")
    assert _git.commit(str(project)) == NONE


def test_the_current_folder_is_gone(project: Path) -> None:
    """No folder, no repository; nothing is raised."""
    if sys.platform == "win32":
        pytest.skip("a current folder cannot be removed there")
    (project / "gone").mkdir()
    os.chdir(project / "gone")
    (project / "gone").rmdir()
    try:
        assert _git.commit(".") == NONE
    finally:
        os.chdir(project)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")
def test_git_itself_agrees(project: Path) -> None:
    """The files are read as git reads them: loose, packed and detached."""

    def git(*words: str) -> str:
        identity = ["-c", "user.name=mia", "-c", "user.email=mia@example.org", "-c", "init.defaultBranch=trunk"]
        done = subprocess.run(["git", *identity, *words], cwd=project, capture_output=True, check=True, text=True)
        return done.stdout.strip()

    git("init", "--quiet")
    assert _git.commit(str(project)) == {**NONE, "ref": "trunk"}
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    sha = git("rev-parse", "HEAD")
    assert _git.commit(str(project)) == at("trunk", sha)
    git("pack-refs", "--all")
    assert _git.commit(str(project)) == at("trunk", sha)
    git("checkout", "--quiet", "--detach")
    assert _git.commit(str(project)) == at("", sha)


WATCHED = """
import sys
from runpact_writer import _git
started = []
sys.addaudithook(lambda event, _: started.append(event) if event in {
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile", "socket.connect"
} else None)
print(_git.commit("."), started)
"""


def test_nothing_is_started(project: Path) -> None:
    """I-06: no process and no connection, whatever the repository's configuration says."""
    repository(project, {"HEAD": SHA, "config": "[core]\n\tfsmonitor = touch owned\n\tpager = touch owned\n"})
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=project, capture_output=True, check=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.stdout == f"{at('')} []\n"
    assert [path.name for path in project.iterdir()] == [".git"]
