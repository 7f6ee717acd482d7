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
from tests.reporter.support import call

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


def test_a_run_that_is_dated_ahead_counts_for_nothing(tmp_path: Path) -> None:
    """It is no newer run, stands after all others, is in no picture, and says why."""
    fleet(tmp_path)
    ahead = report("kit", "r2099", started_at="2099-01-01T00:00:00Z", ended_at="2099-01-01T00:00:00Z")
    write(run_folder(tmp_path, "kit", "r2099") / "last_run.json", ahead)
    soon = report("kit", "soon", started_at="2026-01-19T12:04:00Z", ended_at="2026-01-19T12:04:30Z", status="failed")
    write(run_folder(tmp_path, "kit", "soon") / "last_run.json", soon)  # clocks may differ by five minutes
    product = read_product(Place(project(tmp_path), "", NOW), "kit")
    assert [row.run_id for row in product.rows][:2] == ["soon", RUN]
    assert (product.rows[-1].run_id, product.rows[-1].ahead, product.rows[-1].note) == (
        "r2099",
        True,
        "dated in the future",
    )
    assert product.newer is product.rows[0]
    assert "10 runs: 5 succeeded, 5 failed, 0 ended otherwise." in _pictures.timeline(product.rows)
    assert "then those that are dated in the future" in page(tmp_path, "p/kit.html")
    assert "r2099" not in page(tmp_path)


def test_a_report_that_is_dated_ahead_hides_no_other_run(tmp_path: Path) -> None:
    """Where the newest report itself is dated ahead, the newest run that is not stands beside it."""
    fleet(tmp_path)
    ahead = report("kit", "r2099", started_at="2099-01-01T00:00:00Z", ended_at="2099-01-01T00:00:00Z")
    write(tmp_path / "dash/runs/kit/last_run.json", ahead)
    newer = read_product(Place(project(tmp_path), "", NOW), "kit").newer
    assert newer is not None
    assert newer.run_id == RUN


def order(root: Path) -> list[str]:
    """The products of the start page, by the names of their pages, from the top."""
    return re.findall(r'<th scope="row"><a href="p/([^"]+).html', page(root).partition('id="heat"')[0])


def test_what_needs_a_look_comes_first_and_what_has_no_report_next(tmp_path: Path) -> None:
    """A failed report, a newer run that did not end well; then nothing; then all that is well."""
    products = ("calm", "hurt", "new", "red")
    entries = [{"product_id": key, "display_name": key, "owner": "o", "status": "active"} for key in products]
    write(tmp_path / "dash/products.json", {"schema_version": "0.1", "products": entries})
    for key, status in (("calm", "success"), ("hurt", "success"), ("red", "failed")):
        write(tmp_path / "dash/runs" / key / "last_run.json", report(key, f"r-{key}", status=status))
    (tmp_path / "reports/runs/20260119T070000Z__hurt__a1b2c3d").mkdir(parents=True)
    assert order(tmp_path) == ["hurt", "red", "new", "calm"]
    newer = report("calm", "later", started_at="2026-01-19T11:00:00Z", ended_at="2026-01-19T11:01:00Z", status="failed")
    write(run_folder(tmp_path, "calm", "later") / "last_run.json", newer)
    assert order(tmp_path) == ["calm", "hurt", "red", "new"]
    tiles = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page(tmp_path))
    assert {"Newest run failed": "2", "Newest run succeeded": "0"}.items() <= dict(tiles).items()


def test_a_register_that_is_lost_or_broken_is_said_with_its_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the start page, in its count and on stderr; of several projects with the name of the one that is meant."""
    fleet(tmp_path / "a")
    fleet(tmp_path / "b")
    (tmp_path / "a/dash/products.json").unlink()
    (tmp_path / "b/dash/products.json").write_text("{broken")
    words = ["dash", "build", "site", "--now", "2026-01-19T12:00:00Z"]
    assert call(*words, "--project", "a", "--project", "b") == 0
    missing, broken = "Missing artifact: dash/products.json", "Invalid artifact: dash/products.json: expected "
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"warning: a: {missing}"
    assert said[1].startswith(f"warning: b: {broken}")
    assert len(said) == 2
    index = (tmp_path / "site/index.html").read_text()
    assert f"a: {missing}</bdi>" in index
    assert "<dt>Not readable or missing</dt><dd>8</dd>" in index  # two registers, three products of each
    assert call(*words, "--project", "b") == 0
    assert capsys.readouterr().err.startswith(f"warning: {broken}")


def with_tests(root: Path, *tests: dict[str, Any]) -> str:
    """The page of the run with these tests, in a report of others."""
    run_id = "20260119T080000Z__kit__a1b2c3d"
    content = ctrf(tests=len(tests), passed=0, failed=len(tests))
    content["results"]["tests"] = [{"status": "failed", "duration": 1, **test} for test in tests]
    folder = run_folder(root, "kit", run_id)
    write(folder / "last_run.json", report("kit", run_id, status="failed"))
    write(folder / "test-report.json", content)
    return page(root, f"r/kit/{run_id}.html")


def test_a_test_is_found_by_its_class_its_file_and_its_trace(tmp_path: Path) -> None:
    """Two tests of one name are told apart; the trace is there to be unfolded, cut in the middle, without secrets."""
    trace = "at the start\n" + "x" * 5000 + "\npassword=hunter22\nat Order.java:12"
    said = with_tests(
        tmp_path,
        {"name": "roundtrip", "suite": ["com.acme.OrderTest"], "trace": trace, "filePath": "Order.java", "line": 12},
        {"name": "roundtrip", "suite": ["com.acme.CartTest"], "message": "same", "trace": "same"},
        {"name": "test_x", "suite": ["t/test_c.py", "TestA"], "filePath": "t/test_c.py"},
    )
    for shown in ("OrderTest &gt; roundtrip<", "CartTest &gt; roundtrip<", ">TestA &gt; test_x<", ">Order.java:12<"):
        assert shown in said, shown
    assert ">t/test_c.py<" in said
    assert said.count("<summary>Trace</summary>") == 1
    assert "at the start" in said
    assert "at Order.java:12" in said
    assert "characters)" in said
    assert "hunter22" not in said


def test_counts_of_nothing_are_no_badges(tmp_path: Path) -> None:
    """A green run has no red badge; a run without any result says so."""
    said = with_tests(tmp_path, {"name": "a"})
    assert "1 failed</span>" in said
    assert "0 passed" not in said
    assert "No test has a result." in with_tests(tmp_path)


def test_marks_are_bounded(tmp_path: Path) -> None:
    """A letter under thousands of marks keeps a few, in names and in messages; other scripts stay as they are."""
    marks = "\u0301" * 3000
    said = with_tests(tmp_path, {"name": f"z{marks}", "message": f"m{marks} \U0001f600\U0001f600 ti\u1ebf\u0301ng"})
    assert "z" + "\u0301" * 6 + "\u2026 (" in said
    assert "\u0301" * 7 not in said
    assert "(393 more marks)" in said  # of the 400 characters of a name that are shown
    assert "\U0001f600\U0001f600 ti\u1ebf\u0301ng" in with_tests(
        tmp_path, {"name": "\U0001f600\U0001f600 ti\u1ebf\u0301ng"}
    )


def test_what_has_no_budget_is_not_over_it(tmp_path: Path) -> None:
    """Spent figures stand alone where nothing was allowed, and "of" what was allowed elsewhere."""
    none = dict.fromkeys(report("kit", "r1")["banana_economy"], 0) | {"spent_minutes": 0.03}
    write(tmp_path / "dash/runs/kit/last_run.json", report("kit", "r1", banana_economy=none))
    assert "0 tokens<br>0.03 min<small>0 heals, no budget</small>" in page(tmp_path)
    assert "<dd>0.03 <small>no budget</small>" in page(tmp_path, "p/kit.html")
    some = none | {"budget_tokens": 100}
    write(tmp_path / "dash/runs/kit/last_run.json", report("kit", "r1", banana_economy=some))
    assert "0 of 100 tokens<br>0.03 min<small>0 heals</small>" in page(tmp_path)


def test_tests_of_one_name_in_two_files_are_two(tmp_path: Path) -> None:
    """The one that broke is told with its file; the other is not taken for it."""
    fleet(tmp_path)
    place = Place(project(tmp_path), "", NOW)
    old, new = (read_pages(place, read_product(place, "kit"))[0] for _ in range(2))
    for made, outcome in ((old, "passed"), (new, "failed")):
        assert made.tests is not None
        tests = (
            {"name": "t", "filePath": "a.py", "status": outcome},
            {"name": "t", "filePath": "b.py", "status": "passed"},
        )
        made.tests = made.tests._replace(shown=tests)
    assert _compare.changes(old, new) == [Change("test t (a.py)", "passed", "failed")]


def test_another_name_of_the_only_input_is_one_change(tmp_path: Path) -> None:
    """Results that are compared as tests are no outputs that differ; a digest is told by its beginning."""
    fleet(tmp_path)
    place = Place(project(tmp_path), "", NOW)
    old, new = (read_pages(place, read_product(place, "kit"))[0] for _ in range(2))
    for made, name in ((old, "many"), (new, "few")):
        assert made.recorded is not None
        outputs = [
            {
                "type": "test_results",
                "ref": f"artifacts/results/{name}.xml",
                "sha256": "a" * 64,
                "size_bytes": len(name),
            },
            {"type": "table", "ref": "t", "sha256": ("b" if made is old else "c") * 64},
        ]
        run = {**made.recorded.run, "inputs": [{"type": "test_results", "ref": f"r/{name}.xml"}], "outputs": outputs}
        made.recorded = made.recorded._replace(run=run)
    assert _compare.changes(old, new) == [
        Change("input test_results", "r/many.xml", "r/few.xml"),
        Change("output table t", f"sha256: {'b' * 12}\u2026", f"sha256: {'c' * 12}\u2026"),
    ]
