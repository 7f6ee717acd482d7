"""The differential certificate: it follows its contract, says what the judges said, and is not made where they err."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from evolution import agreement, certificate, corpus
from runpact_core import documents

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
PUBLISHED = json.loads((ROOT / certificate.JSON_PATH).read_text(encoding="utf-8"))


def test_the_published_certificate_is_whole() -> None:
    """It follows its contract, has every contract version, and names the judges that are installed."""
    assert documents.validate("differential_certificate", PUBLISHED, strict=True) == []
    assert [(said["contract"], said["version"]) for said in PUBLISHED["contracts"]] == [
        (version.contract, version.version) for version in documents.catalog()
    ], f"run `{certificate.REMAKE}`"
    assert PUBLISHED["judges"] == certificate.judges()
    assert {judge["name"]: judge["version"] for judge in PUBLISHED["judges"]} == {
        name: installed(name) for name in ("jsonschema", "jsonschema-rs", "pydantic")
    }


def test_the_numbers_add_up() -> None:
    """Of each contract version no fewer than 2,500 documents were judged, and each has one verdict of each judge."""
    residue = agreement.residue()
    for said in PUBLISHED["contracts"]:
        judged = sum(said["documents"].values())
        assert judged >= corpus.LEAST == 2_500
        assert sum(said["strict"].values()) == sum(said["tolerant"].values()) == sum(said["reader"].values()) == judged
        assert said["agreed"] <= judged
        assert (said["agreed"] == judged) is (said["residue"] == 0)
        assert said["residue"] == len(residue.get(f"{said['contract']}@{said['version']}", ()))


def test_the_page_says_what_the_certificate_says() -> None:
    """The page for people is made from the file for programs, with a row for each contract version."""
    text = (ROOT / certificate.PAGE_PATH).read_text(encoding="utf-8")
    assert text == certificate.page(PUBLISHED)
    assert text.count("](contracts/") == len(PUBLISHED["contracts"]) + 1
    judged = sum(sum(said["documents"].values()) for said in PUBLISHED["contracts"])
    assert f"Of {judged:,} documents" in text


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the contracts, whose certificate is made of few documents, in this process."""
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(corpus, "LEAST", 0)
    monkeypatch.setattr(corpus, "_WHOLE", 8)
    monkeypatch.setattr(corpus, "_small", lambda bases, schema: iter(()))
    monkeypatch.setattr(certificate, "ProcessPoolExecutor", _Here)
    monkeypatch.setattr(agreement, "residue", dict)
    monkeypatch.setattr(certificate, "residue", dict)
    shutil.copy(ROOT / certificate.JSON_PATH, tmp_path / certificate.JSON_PATH)
    return tmp_path


class _Here:
    """A pool of no processes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def map(self, function: Any, *values: Sequence[Any]) -> Any:
        return map(function, *values)


def test_a_certificate_is_made_anew_in_part(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Statements about the named contracts are new, the others stay; what is up to date is not written again."""
    assert certificate.main(["checks", "--check"], project) == 1
    assert capsys.readouterr().err.startswith("error[stale]: not what the judges say: docs/differential.json, ")
    assert json.loads((project / certificate.JSON_PATH).read_text()) == PUBLISHED

    assert certificate.main(["checks"], project) == 0
    made = json.loads((project / certificate.JSON_PATH).read_text())["contracts"]
    changed = [
        (new["contract"], new["version"]) for new, old in zip(made, PUBLISHED["contracts"], strict=True) if new != old
    ]
    assert changed == [("checks", "0.1"), ("checks", "0.2")]
    by_name = {(said["contract"], said["version"]): said for said in made}
    assert by_name["checks", "0.2"]["documents"]["mutated"] == 6
    assert capsys.readouterr().out == "wrote docs/differential.json, docs/differential.md\n"

    assert certificate.main(["checks", "--check"], project) == 0
    assert capsys.readouterr().out == "the certificate is up to date\n"


def test_there_is_no_certificate_where_a_judge_errs(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault, or a disagreement that is not listed, is an error that names it, and nothing is written."""
    monkeypatch.setattr(certificate, "residue", lambda: {"pins@1.0": {"/nowhere gone"}})
    assert certificate.main(["pins"], project) == 1
    assert "error[judges]: about pins@1.0: /nowhere gone" in capsys.readouterr().err
    assert not (project / certificate.PAGE_PATH).exists()

    assert certificate.main(["no_such"], project) == 2
    assert "there is no contract 'no_such'" in capsys.readouterr().err


def test_the_residue_has_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listed disagreement without a reason, or listed twice, is an error."""
    path = tmp_path / "residue.txt"
    monkeypatch.setattr(agreement, "RESIDUE", path)
    path.write_text("a@1 /x kind\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no reason"):
        agreement.residue()
    path.write_text("# why\na@1 /x kind\na@1 /x kind\n", encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        agreement.residue()
    path.write_text("# why\na@1 /x kind\n\nb@1 /y\n", encoding="utf-8")
    assert agreement.residue() == {"a@1": {"/x kind"}, "b@1": {"/y"}}
