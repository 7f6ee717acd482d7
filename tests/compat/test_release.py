"""`hatch run release`: one command makes a tree a release, again until it is tagged, and one holds it to its claims."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import release_documents
import release_notes
import release_steps
from build_check import ClaimFailed

from codegen.frozen_documents import FOLDER
from codegen.released import PATH, read_released
from runpact_core.errors import Refused, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

CLEAN = Path(__file__).resolve().parents[1] / "codegen" / "lint_fixtures" / "clean"
CHANGELOG = "# Changelog\n\n<!-- changes go below -->\n"
CHANGED = (
    "the document was written by release 0.1.0, and is not as it was — "
    "give it back; newer documents are the next release's"
)
PINS = b'{\n  "pins": [],\n  "schema_version": "1.0"\n}\n'
TOWNCRIER = """\
[tool.towncrier]
directory = "changes"
filename = "CHANGELOG.md"
title_format = "## {version} ({project_date})"
issue_format = "#{issue}"
underlines = ["", "", ""]
type = [
    {directory = "contract", name = "Contracts", showcontent = true},
    {directory = "fixed", name = "Fixed", showcontent = true},
]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the toy contracts and two notes; its commands write one document."""
    root = shutil.copytree(CLEAN, tmp_path / "project")
    for name, text in {
        "VERSION": "0.0.9\n",
        "CHANGELOG.md": CHANGELOG,
        "pyproject.toml": TOWNCRIER,
        PATH: '{"releases": [], "schema_version": "1.0"}\n',
        "changes/README.md": "# Notes\n",
        "changes/7.contract.md": "The contract `toy`.\n",
        "changes/+word.fixed.md": "A toy\nfell over.\n",
    }.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(release_steps, "run", lambda *words, cwd: instead(words))
    monkeypatch.setattr(release_documents, "make", lambda bin_dir: {"pins/1.0/none.json": PINS})
    git(root, "init", "-q")
    return root


def instead(words: Sequence[object]) -> str:
    """What the programs do here: the compiler nothing, since there is no package, and documents are made in process."""
    if "documents" in words:
        assert words[1:3] == (release_steps.SCRIPT, "documents")
        release_steps.keep_documents(Path(str(words[3])))
    else:
        assert words[1:] == ("-m", "codegen")
    return ""


def git(root: Path, *words: str) -> None:
    """A command of git, under a name that does not matter."""
    unsigned = ("-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false")
    identity = (*unsigned, "-c", "user.name=builder", "-c", "user.email=builder@host.invalid")
    subprocess.run(["git", *identity, *words], cwd=root, check=True)


def test_one_command_makes_a_release(project: Path) -> None:
    """Version, record, documents, their table and the changelog are there; the notes are in it and gone."""
    release_steps.prepare(project, "0.1.0", "2026-01-19")
    assert (project / "VERSION").read_text() == "0.1.0\n"
    found = read_released(project)
    assert found is not None
    (release,) = found.releases
    assert (release.version, release.tag, release.date) == ("0.1.0", "v0.1.0", "2026-01-19")
    assert len(release.contracts) == 3
    folder = project / FOLDER / "0.1.0"
    assert (folder / "pins/1.0/none.json").read_bytes() == PINS
    assert (folder / "reads.txt").read_text() == "pins 1.0 none: exact as 1.0\n"
    assert list(release.documents) == [f"{FOLDER}/0.1.0/pins/1.0/none.json", f"{FOLDER}/0.1.0/reads.txt"]
    assert (project / "CHANGELOG.md").read_text() == (
        f"{CHANGELOG}\n## 0.1.0 (2026-01-19)\n\n### Contracts\n\n- The contract `toy`. (#7)\n\n"
        "### Fixed\n\n- A toy\n  fell over.\n\n"
    )
    assert [path.name for path in (project / "changes").iterdir()] == ["README.md"]
    assert release_steps.claims(project) == []


def test_a_release_is_prepared_again_until_it_is_tagged(project: Path) -> None:
    """Doing it twice changes nothing; a change and a note in between are taken over; a tag ends it."""
    release_steps.prepare(project, "0.1.0", "2026-01-19")
    first = (project / PATH).read_bytes(), (project / "CHANGELOG.md").read_bytes()
    release_steps.prepare(project, "0.1.0", "2026-01-19")
    assert ((project / PATH).read_bytes(), (project / "CHANGELOG.md").read_bytes()) == first

    toy = project / "contracts" / "toy.v1_0.yaml"
    toy.write_text(toy.read_text().replace("What its maker calls the toy.", "What its maker calls it."))
    (project / "changes" / "8.fixed.md").write_text("Its name is shorter.\n")
    assert [claim.split(" ")[1] for claim in release_steps.claims(project)[:1]] == ["F01"]
    release_steps.prepare(project, "0.1.0", "2026-01-20")
    assert release_steps.claims(project) == []
    text = (project / "CHANGELOG.md").read_text()
    assert text.count("## 0.1.0 (2026-01-20)\n") == text.count("## 0.1.0") == 1
    assert text.endswith("### Fixed\n\n- A toy\n  fell over.\n- Its name is shorter. (#8)\n\n")

    git(project, "add", "--all")
    git(project, "commit", "-q", "-m", "release")
    git(project, "tag", "v0.1.0")
    with pytest.raises(Refused, match=r"0\.1\.0 is released: the tag v0\.1\.0 exists"):
        release_steps.prepare(project, "0.1.0", "2026-01-21")
    assert release_steps.claims(project) == []


def test_the_next_release_goes_on_top(project: Path) -> None:
    """A later release has its own section and entry, and leaves what was there; none goes back behind it."""
    release_steps.prepare(project, "0.1.0", "2026-01-19")
    before = (project / "CHANGELOG.md").read_text().partition("-->\n\n")[2]
    (project / "changes" / "9.contract.md").write_text("More.\n")
    release_steps.prepare(project, "0.2.0", "2026-02-19")
    assert (project / "CHANGELOG.md").read_text() == (
        f"{CHANGELOG}\n## 0.2.0 (2026-02-19)\n\n### Contracts\n\n- More. (#9)\n\n{before}"
    )
    found = read_released(project)
    assert found is not None
    assert [(each.version, len(each.contracts)) for each in found.releases] == [("0.1.0", 3), ("0.2.0", 0)]
    assert release_steps.claims(project) == []
    with pytest.raises(Refused, match=r"has 0\.2\.0 already"):
        release_steps.prepare(project, "0.1.5", "2026-03-19")
    assert (project / "VERSION").read_text() == "0.2.0\n"


def test_days_of_releases_do_not_go_back(project: Path) -> None:
    """A release is not of an earlier day than the one before it; the same day is fine, and its own day may change."""
    release_steps.prepare(project, "0.1.0", "2026-01-19")
    with pytest.raises(UsageFailure) as caught:
        release_steps.prepare(project, "0.2.0", "2026-01-18")
    assert caught.value.line() == (
        "error[usage]: 0.2.0 of 2026-01-18 would be older than 0.1.0, of 2026-01-19 — name 2026-01-19 or a later day"
    )
    assert (project / "VERSION").read_text() == "0.1.0\n"
    release_steps.prepare(project, "0.1.0", "2026-01-18")
    release_steps.prepare(project, "0.2.0", "2026-01-18")
    found = read_released(project)
    assert found is not None
    assert [(each.version, each.date) for each in found.releases] == [("0.1.0", "2026-01-18"), ("0.2.0", "2026-01-18")]


@pytest.mark.parametrize(
    ("version", "day"),
    [
        ("0.1", "2026-01-19"),
        ("v0.1.0", "2026-01-19"),
        ("0.1.0", "today"),
        ("0.1.0", "2026-02-30"),
        ("0.1.0", "20260119"),
    ],
)
def test_words_that_make_no_release(project: Path, version: str, day: str) -> None:
    """A version of another form, or what is no day, is refused before anything is written."""
    with pytest.raises(UsageFailure) as caught:
        release_steps.prepare(project, version, day)
    assert caught.value.exit_code == 2
    assert (project / "VERSION").read_text() == "0.0.9\n"


def test_what_a_tree_claims_in_vain_is_named(project: Path) -> None:
    """Each thing that does not agree is one sentence."""
    assert release_steps.claims(project) == [f"VERSION says 0.0.9, and {PATH} has no such release as its newest"]
    release_steps.prepare(project, "0.1.0", "2026-01-19")
    git(project, "add", "--all")
    git(project, "commit", "-q", "-m", "release")
    git(project, "tag", "v0.1.0")
    (project / "changes" / "8.fixed.md").write_text("Late.\n")
    (project / "CHANGELOG.md").write_text(CHANGELOG)
    example = project / "contracts/examples/toy/1.0/valid/a-cart.json"
    shutil.copyfile(example, example.with_name("another-cart.json"))
    (project / FOLDER / "0.1.0" / "reads.txt").write_text("pins 1.0 none: tolerant as 1.0\n")
    (project / PATH).write_text((project / PATH).read_text().replace("2026-01-19", "2026-01-18"))
    assert release_steps.claims(project) == [
        f"{FOLDER}/0.1.0/reads.txt:1: F06 {CHANGED}",
        "the newest heading of CHANGELOG.md is not that of 0.1.0 (2026-01-18)",
        "changes/8.fixed.md is in no release",
        f"{PATH} is not what prepare makes of this tree: something is not frozen",
        "the documents of 0.1.0 do not read as on the day of the release",
        f"{PATH} is not what it was at the tag v0.1.0",
    ]


def test_the_command_says_it_in_its_exit_code(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 where it holds, 1 where a claim does not, 4 where a release is made already, 2 for wrong words."""
    monkeypatch.setattr(release_steps, "ROOT", project)
    assert release_steps.main(["check", "--no-build"]) == 1
    assert capsys.readouterr().err.endswith("error[release]: 1 of the claims of a release do not hold\n")
    assert release_steps.main(["prepare", "0.1"]) == 2
    assert release_steps.main(["prepare", "0.1.0"]) == 0
    assert capsys.readouterr().out.startswith("prepared 0.1.0: ")
    assert release_steps.main(["check", "--no-build"]) == 0
    monkeypatch.setattr(release_steps, "built", lambda: "built")
    assert release_steps.main(["check"]) == 0
    assert capsys.readouterr().out.endswith("agree\nbuilt\n")
    git(project, "commit", "-q", "--allow-empty", "-m", "x")
    git(project, "tag", "v0.1.0")
    assert release_steps.main(["prepare", "0.1.0"]) == 4
    assert release_steps.main(["documents", str(project / "out")]) == 0
    assert (project / "out" / "pins/1.0/none.json").read_bytes() == PINS


def test_uncommitted_changes_are_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """What git does not have would not be in the release, so nothing is built before it has it."""
    monkeypatch.setattr(release_steps, "run", lambda *words: " M VERSION\n?? x\n")
    with pytest.raises(ClaimFailed, match="everything is committed, but 2 files"):
        release_steps.built()


def test_a_changelog_without_its_mark_is_not_written() -> None:
    """Sections go below one line; where it is gone there is no place for them."""
    with pytest.raises(ValueError, match="has no line <!-- changes go below -->"):
        release_notes.with_section("# Changelog\n", "", "0.1.0", "2026-01-19")
    assert release_notes.newest(CHANGELOG) is None
