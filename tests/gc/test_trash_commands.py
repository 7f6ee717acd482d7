"""``artifacts restore | undo | trash list | trash purge | verify``, whole: words, documents and exit codes."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

from runpact_core import documents, edge
from runpact_gc.cli import artifacts
from tests.gc.trash_samples import GLOB, RUN, slot_of, trashed_store, tree

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    code = edge.run(artifacts, words, "runpact artifacts")
    out, err = capsys.readouterr()
    return code, out, err


def test_undo_says_what_came_back_and_then_that_nothing_is_left(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each place that has its content again, and 0; the second time that there is nothing to do, and 0."""
    gc_id, before = trashed_store(project)
    code, out, _ = said(capsys, "undo", gc_id)
    assert code == 0
    assert out.splitlines()[:3] == [f"restored {RUN}", f"restored {GLOB}.jsonl", f"restored {GLOB}.md"]
    assert out.splitlines()[3].startswith("2 back where they were (report ")
    assert tree(project) == before
    assert said(capsys, "undo", gc_id) == (
        0,
        f"nothing to do: nothing of {gc_id} is in the trash any more\n",
        "",
    )


def test_what_cannot_go_back_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Undo ends with 1 and names what stays; restore of that alone is refused with 4."""
    gc_id, _ = trashed_store(project)
    (project / f"{GLOB}.md").write_text("newer")
    code, _, err = said(capsys, "undo", gc_id)
    assert (code, err) == (1, f"left in the trash: {GLOB}.md: {GLOB}.md is there again\n")
    code, out, err = said(capsys, "restore", slot_of(project, "bench").slot)
    assert (code, out) == (4, "")
    assert err.startswith(f"error[refused]: {GLOB}.md is there again; nothing was moved")
    assert said(capsys, "restore", "ffff")[0] == 2


def test_restore_gives_back_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One entry is back, and the trash lists the other."""
    trashed_store(project)
    code, out, _ = said(capsys, "restore", slot_of(project, "bench").slot)
    assert (code, out.count("restored ")) == (0, 2)
    assert "backfill" in said(capsys, "trash", "list")[1]


def test_the_listing_is_true_after_every_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`list` right after restore, undo and purge says what is there, though a young manifest was there before."""
    gc_id, _ = trashed_store(project)

    def listed() -> list[str]:
        entries = json.loads(said(capsys, "list", "--json")[1])["entries"]
        return sorted(path for each in entries for path in each["paths"])

    said(capsys, "scan")
    first = listed()
    said(capsys, "restore", slot_of(project, "backfill").slot)
    assert sorted({*listed()} - {*first}) == [RUN]
    said(capsys, "undo", gc_id)
    assert RUN in listed()
    shutil.rmtree(project / RUN)
    assert RUN in listed()  # a young manifest is taken at its word
    said(capsys, "trash", "purge", "--older-than", "0", "--apply", "--force")
    assert RUN in listed()  # nothing lay there, so nothing was done
    (project / "artifacts/.trash/.purging-left").mkdir()
    said(capsys, "trash", "purge", "--apply", "--force")
    assert RUN not in listed()


def test_the_list_is_a_document(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What --json prints passes the strict gate, also where a name is not UTF-8 and a folder has no report."""
    trashed_store(project)
    os.mkdir(os.path.join(os.fsencode(project), b"artifacts/.trash/odd-\xff"))  # noqa: PTH102, PTH118 - bytes
    code, out, _ = said(capsys, "trash", "list", "--json")
    assert (code, documents.validate("trash_list", out.encode(), strict=True)) == (0, [])
    listed = json.loads(out)["slots"]
    assert [slot["due"] for slot in listed] == [False] * 3
    assert {slot.get("family") for slot in listed} == {"backfill", "bench", None}
    text = said(capsys, "trash", "list")[1]
    assert "never" in text
    assert text.splitlines()[-1].startswith("Total: 3 in the trash")


def test_an_empty_trash(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No project has to have a trash."""
    assert said(capsys, "trash", "list") == (0, "the trash is empty\n", "")
    assert said(capsys, "trash", "purge", "--apply", "--force") == (0, "nothing in the trash is due\n", "")
    assert said(capsys, "verify")[0] == 0
    assert sorted(project.iterdir()) == []


def test_purge_is_a_dry_run_and_asks(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --apply nothing changes; without a terminal --apply is refused; with --force it ends."""
    trashed_store(project)
    trash = project / "artifacts/.trash"
    before = sorted(trash.rglob("*"))
    code, out, _ = said(capsys, "trash", "purge", "--older-than", "0")
    assert (code, "nothing was purged: add --apply" in out) == (0, True)
    assert out.splitlines()[0].split("  ")[0] == "SLOT"
    (line,) = (line for line in out.splitlines() if " bench " in line)
    assert line.endswith(f"{GLOB}.jsonl and 1 more")
    assert said(capsys, "trash", "purge", "--older-than", "0", "--apply")[0] == 4
    assert said(capsys, "trash", "purge", "--older-than", "100000", "--apply", "--force")[0] == 0
    assert sorted(trash.rglob("*")) == before
    code, out, _ = said(capsys, "trash", "purge", "--older-than", "0", "--apply", "--force")
    assert code == 0
    assert "purged 2 of the trash" in out
    assert said(capsys, "trash", "list")[1] == "the trash is empty\n"


def test_verify_ends_with_1_where_something_is_wrong(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line of each finding, its document, and the exit codes."""
    trashed_store(project)
    assert said(capsys, "verify", "--deep")[0] == 0
    slot = slot_of(project, "bench")
    (project / "artifacts/.trash" / slot.moves[0].target).unlink()
    code, out, _ = said(capsys, "verify", "--deep", "--json", "--family", "bench")
    assert (code, documents.validate("verify_report", out.encode(), strict=True)) == (1, [])
    told = json.loads(out)
    assert (told["wrong"], told["families"], [each["kind"] for each in told["findings"]]) == (
        1,
        ["bench"],
        ["broken-trash"],
    )
    code, out, _ = said(capsys, "verify")
    assert code == 1
    assert out.startswith("wrong: broken-trash: artifacts/.trash/")
    assert out.splitlines()[-1].endswith("wrong: 1")
