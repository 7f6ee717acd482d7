"""What the fleet and a product say of the newest report and of runs after it; counts, evidence, secrets."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.errors import UsageFailure
from runpact_reporter._dash import _compare, _pictures, projects_of, render_page
from runpact_reporter._dash._detail import read_pages
from runpact_reporter._dash._model import Change, Row
from runpact_reporter._dash._read import Place, read_product
from tests.reporter.dash_samples import NOW, fleet, project, report, run_folder, write

if TYPE_CHECKING:
    from pathlib import Path

RUN = "20260119T060000Z__kit__a1b2c3d"
KILLED = "20260119T070000Z__kit__a1b2c3d"
LINK = f'r/kit/{RUN}.html">'


def page(root: Path, path: str = "index.html") -> str:
    """A page on request."""
    found = render_page([project(root)], path, NOW)
    assert found is not None
    return found[1].decode()


def ctrf(**counts: int) -> dict[str, Any]:
    """A report of tests with these counts and none of the tests."""
    summary = {"pending": 0, "skipped": 0, "other": 0, "start": 1, "stop": 2, **counts}
    results = {"tool": {"name": "pytest"}, "summary": summary, "tests": []}
    return {"reportFormat": "CTRF", "specVersion": "0.0.0", "results": results}


@pytest.mark.parametrize("path", ["index.html", "p/kit.html"])
def test_a_newer_run_without_a_report_is_named_beside_the_newest_report(tmp_path: Path, path: str) -> None:
    """The report's run keeps its link; the newer run has one too, and says how it ended."""
    fleet(tmp_path)
    assert "newer run" not in page(tmp_path, path)
    run = {"schema_version": "0.2", "run_id": KILLED, "pipeline_id": "kit"}
    write(tmp_path / "reports/runs" / KILLED / "run.json", run)
    said = page(tmp_path, path)
    assert LINK in said
    assert f'r/kit/{KILLED}.html">' in said.partition("newer run")[2]


def test_a_product_with_other_signs_in_its_id_has_its_recorded_runs(tmp_path: Path) -> None:
    """A run is recorded under the product's id as a pipeline: unless another product is called so."""
    run_folder(tmp_path, "my_kit", "20260119T060000Z__my-kit__a1b2c3d")
    killed = "20260119T070000Z__my-kit__a1b2c3d"
    run = {"schema_version": "0.2", "run_id": killed, "pipeline_id": "my-kit"}
    write(tmp_path / "reports/runs" / killed / "run.json", run)
    assert "recorded, not reported" in page(tmp_path, "p/my_kit.html")
    (tmp_path / "dash/runs/my-kit").mkdir()
    assert "recorded, not reported" not in page(tmp_path, "p/my_kit.html")
    assert "recorded, not reported" in page(tmp_path, "p/my-kit.html")


def test_a_report_whose_run_has_no_page_is_no_link(tmp_path: Path) -> None:
    """Five newer runs have the pages: neither the run nor its evidence is a link then."""
    fleet(tmp_path)
    for hour in range(7, 12):
        run_folder(tmp_path, "kit", f"20260119T{hour:02}0000Z__kit__a1b2c3d")
    said = page(tmp_path, "p/kit.html")
    assert LINK not in said
    assert 'href="../f/' not in said
    assert LINK not in page(tmp_path)


def test_evidence_of_the_newest_report_is_a_link(tmp_path: Path) -> None:
    """The product's page links the same file of the site as the run's page."""
    fleet(tmp_path)
    links = [
        text.partition('href="')[2].partition('"')[0].replace("../", "")
        for where in ("p/kit.html", f"r/kit/{RUN}.html")
        for text in page(tmp_path, where).splitlines()
        if "pytest_output.log</bdi></a>" in text and "f/kit/" in text
    ]
    assert len(links) == 2
    assert links[0] == links[1]
    assert render_page([project(tmp_path)], links[0], NOW) == ("text/plain; charset=utf-8", b"one\ntwo\n")


def test_tests_are_counted_where_no_history_says_it(tmp_path: Path) -> None:
    """The column takes the counts of the run's own report of tests; without one, or with a broken one, none."""
    folder = tmp_path
    for hour, content in ((1, ctrf(tests=5, passed=4, failed=1)), (2, None), (3, {"results": []})):
        run_id = f"20260119T{hour:02}0000Z__kit__a1b2c3d"
        folder = run_folder(tmp_path, "kit", run_id)
        write(folder / "last_run.json", report("kit", run_id))
        if content:
            write(folder / "test-report.json", content)
    (folder / "test-report.json").write_text("{")
    said = page(tmp_path, "p/kit.html")
    assert said.count(" passed</td>") == 1
    assert "4 of 5 passed</td>" in said
    assert "Pass rate" in said


def test_a_secret_in_a_test_is_shown_nowhere_but_in_the_file(tmp_path: Path) -> None:
    """Name and message of a test are without what looks like a secret; test-report.json keeps what the tool said."""
    fleet(tmp_path)
    token = "ghp_" + "aB3d" * 9
    path = tmp_path / "dash/runs/kit" / RUN / "test-report.json"
    document = json.loads(path.read_text())
    document["results"]["tests"][1] |= {"message": f"token={token}", "name": f"test_b[{token}]"}
    write(path, document)
    said = page(tmp_path, f"r/kit/{RUN}.html")
    assert token not in said
    assert "token=***" in said
    assert token in path.read_text()


def test_the_ends_of_the_time_line_differ() -> None:
    """Days where they differ, else times of the one day; one moment is said once."""

    def ends(*moments: float) -> list[str]:
        picture = _pictures.timeline([Row("r", "r", "success", ended_s=moment) for moment in moments])
        return [text for text in re.findall(r">([^<>]*)</text>", picture) if text not in {"passed", "failed"}]

    assert ends(NOW, NOW - 86_400) == ["18 Jan", "19 Jan"]
    assert ends(NOW, NOW - 3600) == ["19 Jan 11:00", "12:00"]
    assert ends(NOW) == ["19 Jan 12:00", ""]


def test_no_change_is_told_that_nobody_sees(tmp_path: Path) -> None:
    """Milliseconds are no change of duration; a command is its words, an input without more fields is there."""
    fleet(tmp_path)
    place = Place(project(tmp_path), "", NOW)
    old, new = (read_pages(place, read_product(place, "kit"))[0] for _ in range(2))
    assert old.recorded is not None
    assert new.recorded is not None
    old.row, new.row = old.row._replace(duration_ms=5), new.row._replace(duration_ms=40)
    old.recorded = old.recorded._replace(run=old.recorded.run | {"command": ["pytest"], "inputs": []})
    inputs = [{"type": "file", "ref": "a.csv"}]
    new.recorded = new.recorded._replace(run=new.recorded.run | {"command": ["pytest", "-q"], "inputs": inputs})
    assert _compare.changes(old, new) == [
        Change("input file a.csv", None, "there"),
        Change("command", "pytest", "pytest -q"),
    ]


def test_a_project_is_shown_once(tmp_path: Path) -> None:
    """The same folder under two names is a mistake."""
    (tmp_path / "a").mkdir()
    with pytest.raises(UsageFailure, match="is named twice"):
        projects_of([str(tmp_path / "a"), str(tmp_path / "a" / ".." / "a")])
