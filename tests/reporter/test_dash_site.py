"""The site as files: what it says, the same bytes each time, and what it never touches."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from runpact_core.errors import Refused, UsageFailure
from runpact_reporter._dash import _files, build_site, projects_of, render_page
from runpact_reporter._dash._model import Project
from runpact_reporter._dash._slugs import slug
from runpact_reporter._dash._within import Within
from tests.reporter.dash_samples import NOW, PNG, fleet, project, report, run_folder, write
from tests.reporter.support import call

RUN = "20260119T060000Z__kit__a1b2c3d"


def build(root: Path, out: str = "site") -> dict[str, bytes]:
    """The files of the site of a project, by path."""
    build_site([project(root)], str(root / out), NOW)
    return tree(root / out)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def text(root: Path, path: str) -> str:
    """A page on request."""
    found = render_page([project(root)], path, NOW)
    assert found is not None
    return found[1].decode()


def test_the_same_files_and_clock_give_the_same_bytes(tmp_path: Path) -> None:
    """Two builds, one of them in place of another, differ in nothing."""
    fleet(tmp_path)
    first = build(tmp_path)
    build_site([project(tmp_path)], str(tmp_path / "site"), NOW + 9999)
    assert build(tmp_path) == first
    assert build(tmp_path, "other") == first


def test_every_page_on_request_is_the_page_of_the_site(tmp_path: Path) -> None:
    """`render_page` gives the bytes that `build_site` writes, for every file of the site."""
    where = fleet(tmp_path)
    site = {path: data for path, data in build(tmp_path).items() if not path.startswith(".")}
    assert len(site) > 15
    for path, data in site.items():
        found = render_page([where], path, NOW)
        assert found is not None, path
        assert found[1] == data, path


@pytest.mark.parametrize(
    "path",
    [
        "p/no.html",
        "p/kit",
        "r/kit/no.html",
        "r/no/no.html",
        "f/kit/no/x",
        "static/no",
        "../dash/products.json",
        "p/../index.html",
        "x/y/z",
        f"f/kit/{RUN}/x",
        "f/kit/x",
    ],
)
def test_what_the_site_has_not_is_none(tmp_path: Path, path: str) -> None:
    """No path leads anywhere but to a page of the site."""
    assert render_page([fleet(tmp_path)], path, NOW) is None


def test_the_three_states_of_error_have_the_words_of_the_contract(tmp_path: Path) -> None:
    """Missing, invalid and unsupported documents are badges; an unknown version is shown as far as it goes."""
    fleet(tmp_path)
    page = text(tmp_path, "index.html")
    assert "Missing artifact: dash/runs/gone/last_run.json<" in page
    assert "Invalid artifact: /: " in page
    assert "Unsupported schema version: 7.0<" in page
    assert "from the future" in page
    assert "unregistered" in page


def test_a_run_page_shows_documents_tests_log_and_evidence(tmp_path: Path) -> None:
    """Checks with evidence and why it points to nothing, inputs, outputs, failures first, the failure, the log."""
    fleet(tmp_path)
    page = text(tmp_path, f"r/kit/{RUN}.html")
    for said in (
        "Rows inserted",
        "run.log has 1 lines",
        "GBP_USD",
        "ovc.blocks",
        "rows_written",
        "boom &lt;b&gt;",
        "one\ntwo",
        "1.2.3",
        "ana",
    ):
        assert said in page, said
    assert page.index("test_b") < page.index("test_a")
    assert "day 18" in page  # the run before, which it is compared with


def test_evidence_cannot_run(tmp_path: Path) -> None:
    """HTML left by a run is a plain text in the site; a picture stays one."""
    fleet(tmp_path)
    files = build(tmp_path)
    held = [path for path, data in files.items() if b"<script>alert(1)</script>" in data]
    assert [Path(path).suffix for path in held] == [".txt"]
    assert [Path(path).suffix for path, data in files.items() if data == PNG] == [".png"]
    assert render_page([project(tmp_path)], held[0], NOW) == ("text/plain; charset=utf-8", b"<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("javascript:alert(1)", "not a path in the dash folder"),
        ("JaVa\tScript:alert(1)", "not a path in the dash folder"),
        ("\x01javascript:alert(1)", "not a path in the dash folder"),
        ("data:text/html,x", "not a path in the dash folder"),
        ("//evil.example/x", "not a path in the dash folder"),
        ("file:///etc/passwd", "not a path in the dash folder"),
        ("/etc/passwd", "not a path in the dash folder"),
        ("../../secret", "not a path in the dash folder"),
        ("runs\\x", "not a path in the dash folder"),
        ("runs/link/x", "a link, which is not followed"),
        ("runs", "no file that can be read"),
        ("runs/none.log", "Missing artifact: runs/none.log"),
        ("runs/large.bin", "larger than the 5.0 MB that are copied"),
        ("runs/fifo", "no file that can be read"),
    ],
)
def test_stated_evidence_that_is_no_file_of_the_run_is_text(tmp_path: Path, path: str, said: str) -> None:
    """A path that leads elsewhere, to a link, or to what cannot be copied is named with the reason, and is no link."""
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "link").symlink_to("/etc")
    os.mkfifo(runs / "fifo")
    with (runs / "large.bin").open("wb") as file:
        file.truncate(_files.MOST_BYTES + 1)
    with Within(str(tmp_path)) as folder:
        item = _files.stated(path, folder, "f/a/b")
    assert (item.href, item.note) == (None, said)


def test_an_address_is_a_link_only_if_it_is_https() -> None:
    """An address of https is linked, http is not."""
    assert _files.stated("https://ci.example.org/b/1?x=2", Within("."), "f").href == "https://ci.example.org/b/1?x=2"
    assert _files.stated("http://ci.example.org/b/1", Within("."), "f").href is None
    assert _files.stated('https://a.example/"onmouseover=', Within("."), "f").href is None


def test_more_files_than_are_shown_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a limit leaves out is said with its number."""
    fleet(tmp_path)
    monkeypatch.setattr(_files, "MOST_FILES", 3)
    assert "3 more than the" in text(tmp_path, f"r/kit/{RUN}.html")


def test_an_old_page_goes_and_a_foreign_file_stays(tmp_path: Path) -> None:
    """Pages that the site no longer has are removed; whatever else lies there is as it was."""
    fleet(tmp_path)
    build(tmp_path)
    mine = tmp_path / "site/p/mine.html"
    mine.write_text("mine")
    shutil.rmtree(tmp_path / "dash/runs/stranger")
    shutil.rmtree(tmp_path / "dash/runs/kit")
    shutil.rmtree(tmp_path / "reports")
    files = build(tmp_path)
    assert "p/stranger.html" not in files
    assert files["p/mine.html"] == b"mine"
    assert "p/kit.html" in files
    assert not (tmp_path / "site/f").exists()


def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    """A folder that is not empty and has no marker is left alone, whole."""
    fleet(tmp_path)
    before = tree(tmp_path / "dash")
    with pytest.raises(Refused, match="is not empty and is no site"):
        build_site([project(tmp_path)], str(tmp_path / "dash"), NOW)
    assert tree(tmp_path / "dash") == before


@pytest.mark.parametrize("kind", ["file", "link", "folder link", "folder"])
def test_what_is_not_ours_is_never_replaced(tmp_path: Path, kind: str) -> None:
    """A file, link or folder of others in the place of a page stops the build; so does a link in place of a folder."""
    fleet(tmp_path)
    site, outside = tmp_path / "site", tmp_path / "outside"
    outside.mkdir()
    build_site([project(tmp_path / "nothing")], str(site), NOW)
    if kind == "folder link":
        (site / "p").symlink_to(outside)
    else:
        (site / "p").mkdir()
        page = site / "p/kit.html"
        {"file": page.touch, "link": lambda: page.symlink_to(outside / "x"), "folder": page.mkdir}[kind]()
    with pytest.raises(Refused):
        build(tmp_path)
    assert list(outside.iterdir()) == []


def test_a_page_of_ours_that_became_a_folder_is_not_replaced(tmp_path: Path) -> None:
    """What stands on our list and is no file any more is not ours any more."""
    fleet(tmp_path)
    build(tmp_path)
    page = tmp_path / "site/p/kit.html"
    page.unlink()
    page.mkdir()
    with pytest.raises(Refused, match="not a file any more"):
        build(tmp_path)


def test_an_interrupted_build_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written before a build broke off is known to be ours by the next one."""
    fleet(tmp_path)
    whole = build(tmp_path, "whole")
    real, left = os.replace, iter(range(9))

    def breaks(*names: Any, **folders: Any) -> None:
        if next(left, None) is None:
            raise OSError(28, "No space left on device")
        real(*names, **folders)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", breaks)
        with pytest.raises(Exception, match="No space left"):
            build(tmp_path)
    assert build(tmp_path) == whole
    assert not list((tmp_path / "site").rglob("*.tmp"))


def test_an_empty_project_makes_a_page(tmp_path: Path) -> None:
    """No register, no runs: the page says so."""
    assert "There are no products yet" in text(tmp_path, "")
    assert "Missing artifact: dash/products.json" in text(tmp_path, "")


def test_several_projects_make_one_site(tmp_path: Path) -> None:
    """Products of one id in two projects have a page each."""
    fleet(tmp_path / "a")
    fleet(tmp_path / "b")
    projects = projects_of([str(tmp_path / "a"), str(tmp_path / "b")])
    built = build_site(projects, str(tmp_path / "site"), NOW)
    assert built.products == 10
    assert {"1~kit.html", "2~kit.html"} <= {path.name for path in (tmp_path / "site/p").iterdir()}
    assert render_page(projects, f"r/2~kit/{RUN}.html", NOW) is not None
    with pytest.raises(UsageFailure):
        projects_of(["a", "b"], "dash")


def test_history_that_is_no_history_is_told(tmp_path: Path) -> None:
    """Lines that are no records, and records of no product, become badges with their numbers."""
    fleet(tmp_path)
    with (tmp_path / "dash/runs/report_history.jsonl").open("a") as file:
        file.write("{nonsense\n" * 8 + json.dumps({"run_rel": "elsewhere/x", "status": "success"}) + "\n")
    page = text(tmp_path, "index.html")
    assert "dash/runs/report_history.jsonl:9: " in page
    assert "dash/runs/report_history.jsonl: 3 more problems" in page
    assert "1 record in dash/runs/report_history.jsonl of products that are not here" in page


def test_runs_that_no_history_knows_are_rows(tmp_path: Path) -> None:
    """A folder with a report, one without, one with a broken one, and a run that was only recorded."""
    where = project(tmp_path)
    write(run_folder(tmp_path, "kit", "r1") / "last_run.json", report("kit", "r1", summary="first"))
    run_folder(tmp_path, "kit", "r2")
    (run_folder(tmp_path, "kit", "r3") / "last_run.json").write_text("{")
    write(run_folder(tmp_path, "kit", "r4") / "last_run.json", report("kit", "r4", schema_version="0.9"))
    (tmp_path / "reports/runs/20260118T060000Z__kit__a1b2c3d").mkdir(parents=True)
    found = render_page([where], "p/kit.html", NOW)
    assert found is not None
    page = found[1].decode()
    for said in (
        "first",
        "no report",
        "Invalid artifact: ",
        "Unsupported schema version: 0.9",
        "recorded, not reported",
        "interrupted",
    ):
        assert said in page, said


def test_a_run_from_the_future_says_so(tmp_path: Path) -> None:
    """A run that is dated later than clocks may differ is marked, and its age is not made up."""
    late = report("kit", "r1", started_at="2026-01-20T12:00:00Z", ended_at="2026-01-20T12:01:00Z")
    write(tmp_path / "dash/runs/kit/last_run.json", late)
    page = text(tmp_path, "p/kit.html")
    assert "dated in the future" in page
    assert "dated 24 h ahead" in page


@pytest.mark.parametrize("name", ["Kit", "a/b", "con", "x" * 300, "ä", "..", "a~b", "nul.txt", "a."])
def test_names_of_others_become_names_of_files(name: str) -> None:
    """A slug is a plain name, and no other name has it."""
    made = slug(name)
    assert slug(made) != made  # a slug with a digest is nobody's plain name
    assert not set(made) & set("/\\: ")
    assert len(made) < 120
    assert slug("spec-kit") == "spec-kit"
    assert slug(RUN) == RUN


def test_the_command_builds_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dash build` prints the start page; the clock is that of the call, of the build, or of the machine."""
    fleet(tmp_path)
    assert call("dash", "build", "site", "--now", "2026-01-19T12:00:00Z") == 0
    assert "index.html: products: 5" in capsys.readouterr().out
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOW))
    assert call("dash", "build", "again") == 0
    assert tree(tmp_path / "site") == tree(tmp_path / "again")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert call("dash", "build", "again") == 2
    assert call("dash", "build", "again", "--now", "soon") == 2
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert call("dash", "build", "again", "--dash-dir", "dash") == 0
    assert call("dash", "build", "dash") == 4


CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "fleet"


def test_documents_of_the_field_make_a_dashboard(tmp_path: Path) -> None:
    """The published register and reports show five products."""
    if not CORPUS.is_dir():
        pytest.skip("the documents of the field are not here")
    write(tmp_path / "dash/products.json", json.loads((CORPUS / "products.json").read_bytes()))
    for path in CORPUS.glob("last_run.*.json"):
        if path.name != "last_run.schema.json":
            product = path.name.split(".")[1]
            write(tmp_path / "dash/runs" / product / "last_run.json", json.loads(path.read_bytes()))
    page = text(tmp_path, "index.html")
    for said in (
        "Code Monkeys CLI",
        "Code Monkeys Dash",
        "Spec Kit",
        "Banana Economy",
        "Silverback Agent",
        "Manual override: Set to SUCCESS",
        "8.75 of 120 min",
    ):
        assert said in page
    assert page.count("<tr data-s=") == 5
    assert isinstance(project(tmp_path), Project)
