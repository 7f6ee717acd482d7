"""Where older contracts come from: commits, folders and wheels, and what is said where they cannot be had."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from codegen.load import load
from evolution import sources, wheel
from evolution.diff import changes
from evolution.sources import AgainstInvalid, UnknownRef, contract_set, open_against
from runpact_core.errors import EnvironmentFailed, InvalidArtifact
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The toy project with one commit."""
    return toys.committed(tmp_path)


def test_a_commit_is_read_as_it_was(root: Path) -> None:
    """Whatever the working tree holds by now, and without touching it; branch, tag and short identifiers do."""
    before, commit = load(root), toys.git(root, "rev-parse", "HEAD").strip()
    toys.git(root, "tag", "v1")
    toys.remove_version(root, "0.2")
    (root / toys.DEPOT).write_text("broken: [", encoding="utf-8")
    status = toys.git(root, "status", "--porcelain")
    for ref in ("main", "v1", "HEAD", commit, commit[:8]):
        assert contract_set(ref, root) == before
    assert toys.git(root, "status", "--porcelain") == status
    assert open_against("v1", root).label == f"v1 ({commit[:7]})"
    assert open_against(commit[:8], root).label == commit[:8]


def test_no_attribute_and_no_setting_changes_a_byte(root: Path) -> None:
    """Line ends are those of the commit, also where a checkout would turn them."""
    before = load(root)
    toys.git(root, "config", "core.autocrlf", "true")
    (root / ".gitattributes").write_text("contracts/** export-ignore eol=crlf text\n", encoding="utf-8")
    toys.commit(root)
    assert contract_set("HEAD", root).contracts == before.contracts


def test_a_project_in_a_folder_of_the_repository_is_found(root: Path) -> None:
    """A commit is asked for the contracts of the project, wherever in the repository it lies."""
    inner = toys.copied(root / "inner")
    toys.edit(inner, toys.DEPOT, "Who answers for the depot.", "Who answers for all of the depot.")
    toys.commit(root)
    assert contract_set("HEAD", inner) == load(inner)
    assert contract_set("HEAD", inner) != load(root)


def test_a_folder_is_a_project_or_its_contracts(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both name the same contracts, absolute or not, and before a branch of the same name."""
    other = toys.copied(tmp_path / "other")
    toys.edit(other, toys.DEPOT, "Who answers for the depot.", "Who answers for all of the depot.")
    expected = load(other)
    assert contract_set(str(other), root) == expected
    assert contract_set(str(other / "contracts"), root) == expected
    toys.git(root, "branch", "project")
    monkeypatch.chdir(other.parent)
    assert contract_set("project", root) == expected
    monkeypatch.chdir(other)
    assert contract_set("contracts", root) == expected


def test_a_wheel_gives_back_the_contracts(root: Path, tmp_path: Path) -> None:
    """Nothing differs but words and examples: open enums, unions, rules and the catalog's facts are put together."""
    opened = open_against(str(toys.wheel(root, tmp_path)), root)
    now = load(root)
    assert [one.order for one in opened.contracts.contracts] == [one.order for one in now.contracts]
    kinds = set()
    for old, new in zip(opened.contracts.contracts, now.contracts, strict=True):
        found = changes(old, new, old_common=opened.contracts.common, new_common=now.common)
        kinds |= {change.kind for change in found}
    assert kinds == {"description-changed", "example-added", "entry-changed"}
    assert kinds <= opened.incomparable
    assert opened.notes == (
        f"{toys.WHEEL} holds compiled contracts: their words and example documents are not compared.",
    )


def test_a_wheel_of_the_real_contracts_gives_them_back() -> None:
    """The same of every contract of the project."""
    now = load(toys.ROOT)
    data = toys.packed(now)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        then = wheel._put_together(archive)
    found = [
        change
        for old, new in zip(then.contracts, now.contracts, strict=True)
        for change in changes(old, new, old_common=then.common, new_common=now.common)
    ]
    assert {change.kind for change in found} <= wheel.NOT_IN_A_WHEEL


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("no-zip.whl", None, "it is no wheel: File is not a zip file"),
        ("other.whl", {"other/__init__.py": ""}, 'it holds no compiled contracts as they are known: "There'),
        ("broken.whl", {"runpact_core/_generated/index.py": "Version("}, "it holds no compiled contracts as they are"),
        ("else.whl", {"runpact_core/_generated/index.py": "Version(contract=f())"}, "it holds no compiled contracts"),
    ],
)
def test_what_is_no_wheel_of_ours_is_told(
    name: str, text: dict[str, str] | None, says: str, root: Path, tmp_path: Path
) -> None:
    """Other packages, broken files, and modules with anything but values in them; nothing of them is run."""
    path = tmp_path / name
    path.write_bytes(b"plain")
    if text is not None:
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in text.items():
                archive.writestr(member, content)
    with pytest.raises(AgainstInvalid) as caught:
        contract_set(str(path), root)
    assert caught.value.what.startswith(f"{name}: {says}")
    assert caught.value.exit_code == 2


def test_a_member_that_is_too_large_is_not_read(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a wheel says is in it is judged before it is unpacked."""
    path = toys.wheel(root, tmp_path)
    monkeypatch.setattr(wheel, "_LARGEST", 100)
    with pytest.raises(InvalidArtifact, match="and at most 100 are read"):
        wheel.from_wheel(path)


def test_a_wheel_that_is_not_there_is_an_environment(root: Path, tmp_path: Path) -> None:
    """A missing file is no broken wheel."""
    with pytest.raises(EnvironmentFailed, match=r"reading .*gone\.whl: No such file"):
        contract_set(str(tmp_path / "gone.whl"), root)


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        ("mian", "did you mean main?"),
        ("nothing-like-it", "in a shallow clone, fetch it first: git fetch origin REF"),
        ("--all", "in a shallow clone, fetch it first: git fetch origin REF"),
        ("", "in a shallow clone, fetch it first: git fetch origin REF"),
        ("HEAD:contracts", "in a shallow clone, fetch it first: git fetch origin REF"),
    ],
)
def test_an_unknown_ref_is_told(ref: str, hint: str, root: Path) -> None:
    """With the nearest name where there is one; no word given is taken for an option of git."""
    with pytest.raises(UnknownRef) as caught:
        contract_set(ref, root)
    assert caught.value.line() == (
        f"error[unknown-ref]: {ref!r} is no commit, no folder with contracts and no wheel — {hint}"
    )


def test_a_commit_without_contracts_is_told(root: Path) -> None:
    """The first commit of a project may have none."""
    toys.git(root, "rm", "-rq", "contracts")
    (root / "README").write_text("new", encoding="utf-8")
    commit = toys.commit(root)
    with pytest.raises(UnknownRef, match=rf"HEAD \({commit[:7]}\) has no contracts/"):
        contract_set("HEAD", root)


def test_a_folder_that_is_in_no_repository_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ref needs git; the advice is what needs none."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    root = toys.copied(tmp_path)
    with pytest.raises(UnknownRef, match="is in no git repository") as caught:
        contract_set("main", root)
    assert caught.value.hint == "compare with a folder or a wheel"
    assert sources.uncommitted(root) is None


def test_without_git_a_ref_is_an_environment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(EnvironmentFailed, match="running git") as caught:
        contract_set("main", root)
    assert caught.value.hint == "install git, or compare with a folder"


def test_uncommitted_files_are_counted(root: Path) -> None:
    """Changed, new and removed ones below contracts/, and no others."""
    assert sources.uncommitted(root) == 0
    (root / "elsewhere").write_text("", encoding="utf-8")
    (root / toys.DEPOT).unlink()
    toys.edit(root, toys.PARCEL, "description: What is sent, by whom, and how.", "description: What is sent.")
    (root / "contracts" / "new.yaml").write_text("", encoding="utf-8")
    assert sources.uncommitted(root) == 3


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (toys.DEPOT, "title: Depot\n", "title: &a Depot\n", "contracts/depot.v1.yaml: an anchor (line 3)"),
        (toys.DEPOT, "title: Depot\n", "title: A\ntitle: B\n", f"{toys.DEPOT}: duplicate key 'title' (line 4)"),
        (toys.CATALOG, "path: contracts/depot.v1", "path: contracts/gone.v1", f"{toys.CATALOG}:27: L01"),
        (toys.DEPOT, "    enum: [small, large]", "    enum: [small, 1]", "contracts/depot.v1.yaml:27: D07"),
    ],
)
def test_older_contracts_that_are_broken_are_told(path: str, old: str, new: str, says: str, root: Path) -> None:
    """By what they were compared with, file and line."""
    toys.edit(root, path, old, new)
    commit = toys.commit(root)
    with pytest.raises(AgainstInvalid) as caught:
        contract_set("HEAD", root)
    assert caught.value.what.startswith(f"HEAD ({commit[:7]}): {says}"), caught.value.what


def test_older_contracts_that_lack_a_file_are_told(root: Path) -> None:
    """The catalog, the shared definitions and the prescribed names have to be there."""
    (root / "contracts/common.v1.yaml").unlink()
    toys.commit(root)
    with pytest.raises(AgainstInvalid, match=r"contracts/common\.v1\.yaml is missing"):
        contract_set("HEAD", root)
