"""What the dashboard makes of documents: figures in words, differences, pictures, best effort."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runpact_core.errors import EnvironmentFailed
from runpact_reporter._dash import _compare, _files, _pages, _pictures, _read, _values, _words, render_page
from runpact_reporter._dash._detail import read_pages
from runpact_reporter._dash._model import Change, Product, Row
from runpact_reporter._dash._read import Place, read_product
from runpact_reporter._dash._within import Within
from tests.reporter.dash_samples import NOW, fleet, project, report, run_folder, write

RUN = "20260119T060000Z__kit__a1b2c3d"


def page(root: Path, path: str = "index.html") -> str:
    """A page on request."""
    found = render_page([project(root)], path, NOW)
    assert found is not None
    return found[1].decode()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (61, "1 min ago"),
        (7199, "119 min ago"),
        (7200, "2 h ago"),
        (172_800, "2 d ago"),
        (-60, "0 s ago"),
        (-7200, "dated 2 h ahead"),
    ],
)
def test_ages(seconds: int, said: str) -> None:
    """An age is in its largest unit that is at least two; what is dated ahead says so."""
    assert _words.ago(NOW - seconds, NOW) == said


def test_figures_in_words() -> None:
    """Durations, numbers, sizes and times as every page writes them."""
    assert [_words.duration(ms) for ms in (None, 4.4, 200, 59_949, 323_000, 7_500_000)] == [
        "\u2013",
        "4 ms",
        "0.2 s",
        "59.9 s",
        "5 min 23 s",
        "2 h 05 min",
    ]
    assert [_words.amount(value) for value in (None, 22000, 8.75, 8.5)] == ["?", "22,000", "8.75", "8.5"]
    assert [_words.size(count) for count in (None, 512, 3400, 12_000_000, 9 * 10**15)] == [
        "",
        "512 B",
        "3.4 kB",
        "12 MB",
        "9000 TB",
    ]
    assert (_words.when(None), _words.when(1e18), _words.iso(1e18), _words.day(1e18)) == ("no time", "no time", "", "")
    assert (_words.when(NOW), _words.day(NOW)) == ("2026-01-19 12:00", "19 Jan")
    assert _words.ago(None, NOW) == "age unknown"


def test_values_of_no_contract_are_taken_with_care() -> None:
    """Whatever stands where a text, a number or a list should be: it is shown, or left out, and nothing fails."""
    odd = {"status": ["x"], "summary": 7, "evidence": {"paths": "none"}, "banana_economy": {"spent_tokens": True}}
    odd |= {
        "kill_switch": {"enabled": "yes"},
        "pr_wave": [],
        "metrics": 3,
        "duration_ms": float("inf"),
        "started_at": {},
    }
    made = _values.report_of(odd, "7.0")
    assert (made.status, made.summary, made.evidence, made.duration_ms) == ('["x"]', "7", (), None)
    assert made.economy is not None
    assert made.economy.tokens == (None, None)
    assert made.kill is not None
    assert (made.kill.enabled, made.wave, made.tests) == (None, None, {})


def test_a_best_effort_page_of_an_odd_report(tmp_path: Path) -> None:
    """A report of an unknown version whose fields have other types is a page with a badge."""
    odd = {
        "schema_version": "7.0",
        "run_id": "r",
        "kill_switch": {"enabled": "x"},
        "metrics": [],
        "evidence": 1,
        "product_id": "other",
    }
    write(tmp_path / "dash/runs/kit/last_run.json", odd)
    write(tmp_path / "dash/runs/wild/last_run.json", {"schema_version": "7.0", "run_id": "../../x"})
    for path in ("index.html", "p/kit.html", "r/kit/r.html", "p/wild.html"):
        assert "Unsupported schema version: 7.0" in page(tmp_path, path), path
    assert "the report names another product: other" in page(tmp_path, "p/kit.html")
    assert "unclear" in page(tmp_path)
    assert "../../x" in page(tmp_path)


def test_runs_are_compared(tmp_path: Path) -> None:
    """Status, summary, duration, tests, checks, inputs and outputs that differ are told; what is the same is not."""
    fleet(tmp_path)
    place = Place(project(tmp_path), "", NOW)
    new = read_pages(place, read_product(place, "kit"))[0]
    old = read_pages(place, read_product(place, "kit"))[0]
    assert _compare.changes(old, new) == []
    assert old.tests is not None
    assert old.recorded is not None
    old.row = old.row._replace(status="failed", summary="bad", duration_ms=100.0)
    shown = ({"name": "test_b", "status": "passed"}, {"name": "gone", "status": "passed"})
    old.tests = old.tests._replace(shown=shown, counts={"passed": 2, "failed": 0})
    run = old.recorded.run | {"inputs": [], "pipeline_version": "1.2.2"}
    old.recorded = old.recorded._replace(
        run=run, checks=({"id": "rows", "status": "fail"}, {"id": "old", "status": "pass"})
    )
    assert _compare.changes(old, new) == [
        Change("status", "failed", "success"),
        Change("test test_b", "passed", "failed"),
        Change("summary", "bad", "All tests passed (18 tests)"),
        Change("duration", "0.1 s", "8 min 45 s"),
        Change("tests failed", "0", "1"),
        Change("tests passed", "2", "1"),
        Change("check rows", "fail", "pass"),
        Change("check old", "pass", None),
        Change("input oanda GBP_USD", None, "range: a week"),
        Change("pipeline version", "1.2.2", "1.2.3"),
    ]


def test_pictures_of_nothing_and_of_one() -> None:
    """No picture without figures; one run makes one."""
    assert [
        picture([Row("r", "r", "success")])
        for picture in (_pictures.timeline, _pictures.durations, _pictures.pass_rate)
    ] == ["", "", ""]
    row = Row("r", "r", "cancelled", NOW, NOW, 0.0, passed=1, reported=3)
    assert "1 run: 0 succeeded, 0 failed, 1 ended otherwise." in _pictures.timeline([row])
    assert "the longest 0 ms" in _pictures.durations([row])
    assert "the worst 33.3 %" in _pictures.pass_rate([row])


def test_the_heat_map_takes_what_failed_lately_first() -> None:
    """Days are whole days in UTC; runs before and after them are no part of it."""

    def product(name: str, *rows: tuple[int, str]) -> Product:
        made = Product(project(Path()), name, name, name, "active", registered=True)
        made.rows = [Row("r", "r", status, ended_s=NOW - 86_400 * days) for days, status in rows]
        return made

    some = [
        product("calm", (0, "success"), (40, "failed")),
        product("new", (-3, "failed")),
        product("odd", (13, "failed"), (1, "partial")),
    ]
    rows = _pictures.heat_rows(some, NOW, 5)
    assert [row.product.name for row in rows] == ["odd", "calm"]
    assert rows[0].days[0] == (0, 1, 0)
    assert rows[0].days[12] == (0, 0, 1)
    assert "1 of them had a run that failed" in _pictures.heat(rows, ["a", "b"])


def test_documents_that_are_broken_become_badges_of_a_run(tmp_path: Path) -> None:
    """A broken report, test report or error of a run is named; the rest of the page stands."""
    fleet(tmp_path)
    folder = tmp_path / "dash/runs/kit" / RUN
    (folder / "test-report.json").write_text("{")
    (folder / "pytest_output.log").write_bytes(b"\0" * 99)
    failure = {
        "schema_version": "1.7",
        "kind": "signal",
        "rule": "r",
        "message": "m",
        "fingerprint": "5f1d0c9ab27e4436",
        "removed": {},
    }
    write(folder / "error.json", failure | {"signal": "SIGKILL", "exit_code": 137})
    said = page(tmp_path, f"r/kit/{RUN}.html")
    assert "(test-report.json)" in said
    assert "Unsupported schema version: 1.7" in said
    assert "it is no text" in said
    assert "SIGKILL" in said
    assert "pytest_output.log" in said


def test_links_in_a_run_are_named_and_not_followed(tmp_path: Path) -> None:
    """A link to a file or a folder elsewhere is a line with its reason; nothing of it is shown."""
    fleet(tmp_path)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_text("TOP SECRET")
    folder = tmp_path / "dash/runs/kit" / RUN
    (folder / "a-file").symlink_to(tmp_path / "secret/key")
    (folder / "a-folder").symlink_to(tmp_path / "secret")
    said = page(tmp_path, f"r/kit/{RUN}.html")
    assert said.count("a link, which is not followed") == 2
    assert "TOP SECRET" not in said


def test_a_log_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """The log of a run, reported or recorded, that leads elsewhere is named with the reason; nothing of it is shown."""
    fleet(tmp_path)
    (tmp_path / "secret").write_text("TOP SECRET")
    reported = tmp_path / "dash/runs/kit" / RUN / "pytest_output.log"
    reported.unlink(missing_ok=True)
    reported.symlink_to(tmp_path / "secret")
    said = page(tmp_path, f"r/kit/{RUN}.html")
    assert "a link, which is not followed" in said
    assert "TOP SECRET" not in said
    reported.unlink()
    recorded = tmp_path / "reports/runs" / RUN
    recorded.mkdir(parents=True, exist_ok=True)
    (recorded / "run.log").unlink(missing_ok=True)
    (recorded / "run.log").symlink_to(tmp_path / "secret")
    assert "TOP SECRET" not in page(tmp_path, f"r/kit/{RUN}.html")


@pytest.mark.parametrize("swapped", ["dash/runs", "dash/runs/kit", f"dash/runs/kit/{RUN}"])
def test_a_parent_that_is_swapped_does_not_lead_out(tmp_path: Path, swapped: str) -> None:
    """A folder exchanged for a link, before evidence is looked at or after, gives nothing of what it leads to."""
    fleet(tmp_path)
    names, dash = ["runs", "kit", RUN], str(tmp_path / "dash")
    large = Path(dash, *names, "large.log")
    large.write_text("mine" * 100_000)
    with Within(dash) as folder:
        items = [_files.stated(f"runs/kit/{RUN}/large.log", folder, "f")]
        found, _ = _files.found((folder, names), "f", top="", known=(), room=9)
    items += [item for item in found if item.path == "large.log"]
    assert [_files.content(item) for item in items] == [large.read_bytes()] * 2
    (tmp_path / swapped).rename(tmp_path / "elsewhere")
    for moved in (tmp_path / "elsewhere").rglob("large.log"):
        moved.write_text("TOP SECRET" * 10_000)
    (tmp_path / swapped).symlink_to(tmp_path / "elsewhere")
    assert large.read_text().startswith("TOP SECRET")
    assert [_files.content(item) for item in items] == [None, None]
    with Within(dash) as folder:
        said = _files.stated(f"runs/kit/{RUN}/large.log", folder, "f")
        listed, _ = _files.found((folder, names), "f", top="", known=(), room=9)
    assert (said.href, said.note) == (None, "a link, which is not followed")
    assert {item.href for item in listed} == {None}


def test_files_that_cannot_be_read_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails, when a file is opened or when it is read: the page says so of evidence and of the log."""
    fleet(tmp_path)
    path = f"r/kit/{RUN}.html"
    whole = page(tmp_path, path)

    def failing(*_: object, **__: object) -> int:
        raise EnvironmentFailed("reading x", OSError(5, "Input/output error"))

    def unreadable(*_: object, **__: object) -> int:
        return os.open(tmp_path / "x", os.O_WRONLY | os.O_CREAT)

    for opened in (failing, unreadable):
        monkeypatch.setattr(Within, "open", opened)
        said = page(tmp_path, path)
        assert said.count("it cannot be read") >= 3
        assert "it cannot be read" not in whole
        assert said.partition('id="log"')[2].count("it cannot be read") >= 1


def test_files_in_many_folders_hold_few_of_them_open(tmp_path: Path) -> None:
    """A hundred folders deep and wide: every file is read, and few descriptors are open meanwhile, none after."""
    for number in range(100):
        (tmp_path / f"{number}/a/b").mkdir(parents=True)
        (tmp_path / f"{number}/a/b/c").write_text(str(number))
    before = len(list(Path("/dev/fd").iterdir()))
    with Within(str(tmp_path)) as folder:
        for number in range(100):
            fd = folder.open([str(number), "a", "b", "c"], "c")
            assert os.read(fd, 9) == str(number).encode()
            os.close(fd)
            assert len(list(Path("/dev/fd").iterdir())) < before + 25
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_a_product_that_is_no_name_is_a_badge(tmp_path: Path) -> None:
    """An id that leads elsewhere is shown and never used as a path."""
    entry = {"product_id": "../../etc", "display_name": "x", "owner": "y", "status": "active"}
    write(tmp_path / "dash/products.json", {"schema_version": "9.0", "products": [entry]})
    said = page(tmp_path)
    assert "Unsupported schema version: 9.0" in said
    assert "the product&#39;s id is no name of a folder" in said


def test_errors_of_the_system_are_badges() -> None:
    """What cannot be read is invalid, in the words of the contract, without a path of this machine."""
    error = EnvironmentFailed("reading /home/x/dash/a.json", PermissionError(13, "Permission denied"))
    assert _read.badge_of(error, "dash/a.json").text == "Invalid artifact: dash/a.json cannot be read"


def test_a_file_that_goes_away_is_not_in_the_site(tmp_path: Path) -> None:
    """Evidence that is removed after it was looked at gives nothing, and no error."""
    large = tmp_path / "large.log"
    large.write_text("x" * 100_000)
    with Within(str(tmp_path)) as folder:
        item = _files.stated("large.log", folder, "f")
    assert _files.content(item) == large.read_bytes()
    large.unlink()
    assert _files.content(item) is None


def test_a_history_that_cannot_be_read_is_a_badge(tmp_path: Path) -> None:
    """A folder in place of the history, a file in place of recorded runs: badges, and the products are shown."""
    write(run_folder(tmp_path, "kit", "r1") / "last_run.json", report("kit", "r1"))
    (tmp_path / "dash/runs/report_history.jsonl").mkdir()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/runs").write_text("")
    said = page(tmp_path)
    assert "Invalid artifact: reports/runs cannot be read" in said
    assert "kit" in said


def test_a_log_keeps_its_lines_and_shows_its_escapes() -> None:
    """Tabs and line ends act; colours are shown dimmed, markup as text."""
    assert (
        _pages._log("a\tb\n\x1b[31m<b>\x1b[0m")
        == 'a\tb\n<span class="ctl">\\x1b[31m</span>&lt;b&gt;<span class="ctl">\\x1b[0m</span>'
    )
