"""A draft is decided before it is written; what fails afterwards leaves the tree as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import new
import new_contract
import new_package
import pytest
from new_draft import Draft, OutOfStep, rendered

from runpact_core import documents
from runpact_core.errors import UsageFailure

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with one list."""
    (tmp_path / "list.txt").write_text("one\nend\n", encoding="utf-8")
    return tmp_path


def content(folder: Path) -> dict[str, str]:
    """Every file below a folder, and every folder, by path."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path.read_text(encoding="utf-8") if path.is_file() else "" for name, path in found.items()}


def drafted(tree: Path) -> Draft:
    """A draft of a new file in new folders, and two lines about it."""
    draft = Draft(tree)
    draft.make("a/b/new.txt", "text\n")
    draft.change("list.txt", "end\n", "two\nend\n")
    draft.append("list.txt", "three\n")
    return draft


def test_nothing_is_written_before_all_is_decided(tree: Path) -> None:
    """A draft knows its own changes, the tree does not until it is written; undoing it takes folders along."""
    before = content(tree)
    draft = drafted(tree)
    assert draft.text("list.txt") == "one\ntwo\nend\nthree\n"
    assert content(tree) == before
    draft.write()
    made = {"a": "", "a/b": "", "a/b/new.txt": "text\n", "list.txt": "one\ntwo\nend\nthree\n"}
    assert content(tree) == made
    draft.undo()
    assert content(tree) == before


def test_undoing_leaves_what_is_not_ours(tree: Path) -> None:
    """A folder that holds something else by now stays, with that."""
    draft = drafted(tree)
    draft.write()
    (tree / "a" / "other.txt").touch()
    (tree / "a" / "b" / "new.txt").unlink()
    draft.undo()
    assert content(tree) == {"a": "", "a/other.txt": "", "list.txt": "one\nend\n"}


def test_a_file_that_exists_is_not_made(tree: Path) -> None:
    """Neither a file nor a folder is written over."""
    (tree / "folder").mkdir()
    for name in ("list.txt", "folder"):
        with pytest.raises(UsageFailure, match=f"{name} exists"):
            Draft(tree).make(name, "")


@pytest.mark.parametrize(("text", "place"), [("end\nend\n", "end\n"), ("", "end\n")])
def test_a_line_needs_one_place(text: str, place: str, tree: Path) -> None:
    """None, or more than one, is no place; the error names file and place."""
    (tree / "list.txt").write_text(text, encoding="utf-8")
    with pytest.raises(OutOfStep) as caught:
        Draft(tree).change("list.txt", place, f"new\n{place}")
    line = "error[out-of-step]: list.txt has no single place for a new line: end — correct scripts/new_*.py"
    assert caught.value.line() == line


def test_a_failed_step_undoes_the_draft(tree: Path) -> None:
    """The error names the step and keeps what it said; what the steps make is made once more, of what was there."""
    before = content(tree)
    step = ["-c", "open('made.txt', 'w').write(open('list.txt').read()); print('why'); raise SystemExit(3)"]
    with pytest.raises(new.StepFailed, match="failed, so nothing was made") as caught:
        new._carry_out(drafted(tree), [step])
    assert caught.value.said == "why\n"
    assert content(tree) == before | {"made.txt": "one\nend\n"}


def test_a_failure_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The end of what the step said, then one line; its exit code is 1."""
    monkeypatch.setattr(new_contract, "contract", lambda *_, **__: drafted(tree))
    monkeypatch.setattr(
        new, "steps", lambda *_: [["-c", "print('\\n'.join(map(str, range(99)))); raise SystemExit(1)"]]
    )
    assert new.main(["contract", "x"], tree) == 1
    err = capsys.readouterr().err.splitlines()
    assert err[:-1] == [str(number) for number in range(79, 99)]
    assert err[-1].startswith("error[step-failed]: -c print(")


def test_what_was_made_is_listed(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file with what became of it, for either kind; a folder without git is never dirty."""
    monkeypatch.setattr(new_package, "package", lambda *_, **__: drafted(tree))
    monkeypatch.setattr(new, "steps", lambda *_: [["-c", ""]])
    assert new.main(["package", "x"], tree) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:-1] == ["made     a/b/new.txt", "changed  list.txt"]


def test_changes_that_are_not_committed(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first three are named, the others counted; whoever allows them gets on."""
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    for name in "abcd":
        (tree / name).touch()
    assert new.main(["contract", "class"], tree) == 2
    said = capsys.readouterr().err
    assert said.startswith("error[usage]: there are changes that are not committed: a, b, c and 2 more — commit or ")
    assert new.main(["contract", "class", "--allow-dirty"], tree) == 2
    assert capsys.readouterr().err.startswith("error[usage]: class is a keyword of Python")


def test_a_git_that_fails(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that git cannot read is not taken for a clean one."""
    (tree / ".git").write_text("nonsense\n", encoding="utf-8")
    assert new.main(["contract", "x"], tree) == 2
    assert capsys.readouterr().err == "error[usage]: git does not say which changes there are — see git status\n"


def test_a_package_makes_ruff_order_its_imports() -> None:
    """What is made of Python is put in order, and in form, before the generated files are made."""
    draft = new_package.package(ROOT, "zones")
    check, form, *rest = new.steps("package", "zones", draft)
    assert check[-1] == form[-1] == "tests/zones/test_counts.py"
    assert "packages/runpact/src/runpact/cli.py" in check
    assert rest == [["-m", "codegen"], ["-m", "evolution", "packages"]]
    assert (
        draft.text("tests/runpact/__snapshots__/test_umbrella.ambr").count("\n    zones      Count recorded runs") == 1
    )


def test_the_longest_name_keeps_lines_short(tmp_path: Path) -> None:
    """What is made of a package of any name and summary has, in form, no line that is too long for the linter."""
    draft = new_package.package(ROOT, "a" * 24, summary="s" * 80)
    python = [text for path, text in draft.made.items() if path.endswith(".py")]
    assert len(python) == 7
    for number, text in enumerate(python):
        (tmp_path / f"{number}.py").write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "-q", "--isolated", "--line-length=120", tmp_path], check=True)
    subprocess.run([*ruff, "check", "-q", "--isolated", "--line-length=120", "--select=E501", tmp_path], check=True)


def test_examples_of_a_new_contract_are_what_they_say() -> None:
    """Those that are valid are canonical, and differ; each of the others differs from a valid one in what it shows."""
    draft = new_contract.contract(ROOT, "zone_note", owner="core", describes=None)
    paths = [path for path in draft.made if path.endswith(".json")]
    found = {path.rpartition("/1.0/")[2].removesuffix(".json"): draft.made[path] for path in paths}
    assert found.keys() == new_contract.examples("zone_note").keys()
    assert [name for name in found if name.startswith("valid/")] == ["valid/no-items", "valid/every-field"]
    assert len(set(found.values())) == len(found) == 8
    assert documents.dumps(new_contract.examples("zone_note")["valid/no-items"]).decode() == found["valid/no-items"]


def test_a_template_lacks_no_value() -> None:
    """A name that has no value is an error, not nothing."""
    with pytest.raises(Exception, match="'summary' is undefined"):
        rendered("package/README.md.j2", {"name": "x"})
