"""What is wrong with the contracts of the working tree, or missing from it: each told clearly, with file and line."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from evolution.cli import main
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path

INVALID = "error[invalid-artifact]: Invalid artifact: "


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The toy project with one commit."""
    return toys.committed(tmp_path)


@pytest.mark.parametrize(
    ("words", "place", "says"),
    [
        (("title: Depot\n", "title: &depot Depot\n"), 3, "an anchor"),
        (("title: Depot\n", "title: Depot\ntitle: Barn\n"), 4, "duplicate key 'title'"),
        (("title: Depot\n", "title:\tDepot\n"), 3, "a tab"),
        (("title: Depot\n", "title: *depot\n"), 3, "an alias"),
        (("title: Depot\n", "title: [Depot\n"), 4, "not YAML: "),
        (("const: 1\n", "const: 0x1\n"), 11, "readers of YAML differ on what '0x1' is"),
    ],
)
def test_yaml_that_contracts_may_not_use(
    words: tuple[str, str], place: int, says: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anchors, duplicate keys, tabs: a line that editors jump to, then the error."""
    toys.edit(root, toys.DEPOT, *words)
    assert main(["--against", "main"], root) == 1
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith(f"{toys.DEPOT}:{place}: {says}")
    assert second.startswith(f"{INVALID}{toys.DEPOT}: {says}")
    assert main(["--against", "main", "--github"], root) == 1
    annotation = capsys.readouterr().out
    assert annotation.startswith(f"::error file={toys.DEPOT},line={place},title=contracts::{says}")


def test_a_contract_of_ten_megabytes_is_refused_at_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is judged by its size; nothing of it is parsed."""
    text = (root / toys.DEPOT).read_bytes()
    (root / toys.DEPOT).write_bytes(text + b"# " + b"x" * (10 << 20))
    assert main(["--against", "main"], root) == 1
    first, _ = capsys.readouterr().err.splitlines()
    size = len(text) + 2 + (10 << 20)
    assert first.startswith(f"{toys.DEPOT}:1: the text has {size} bytes, and at most 1048576 are read")


def test_a_contract_that_breaks_the_dialect_is_told_as_by_the_compiler(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A comparison of what cannot be compiled would prove nothing."""
    toys.edit(root, toys.DEPOT, "    description: Who answers for the depot.\n", "")
    assert main(["--against", "main"], root) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{toys.DEPOT}:18: D14 ")
    assert second == "error[contracts-invalid]: 1 finding in the contracts — see contracts/README.md"


def test_a_file_that_the_catalog_does_not_name(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And an entry without its file."""
    (root / toys.DEPOT).rename(root / "contracts/depot.v2.yaml")
    assert main(["--against", "main"], root) == 1
    missing, stray, _ = capsys.readouterr().err.splitlines()
    assert missing.startswith("contracts/catalog.yaml:27: L01 there is no file contracts/depot.v1.yaml")
    assert stray.startswith("contracts/depot.v2.yaml:1: L01 the file stands in no entry of the catalog")


def test_a_contract_that_was_deleted_breaks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At the catalog, which no longer has it, with a document that nobody reads any more."""
    catalog = (root / toys.CATALOG).read_text(encoding="utf-8")
    (root / toys.CATALOG).write_text(catalog.partition("  - schema_id: depot\n")[0], encoding="utf-8")
    (root / toys.DEPOT).unlink()
    toys.edit(root, "contracts/prescribed_names.yaml", "  - {name: class, contracts: [depot], source: toy}\n", "")
    shutil.rmtree(root / "contracts/examples/depot")
    assert main(["--against", "main"], root) == 1
    out = capsys.readouterr().out
    assert "depot 1, removed: BREAKS (it needs a new major version, and it was removed)\n" in out
    assert f"  {toys.CATALOG}:1: contract removed" in out
    assert "    READ  breaks: no reader is left" in out
    assert main(["--against", "main", "--github"], root) == 1
    assert f"::error file={toys.CATALOG},line=1,title=depot 1%2C removed::contract removed" in capsys.readouterr().out


def test_a_contract_that_was_renamed_breaks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told from one that was deleted by its shape."""
    for path in (toys.DEPOT, toys.CATALOG):
        text = (root / path).read_text(encoding="utf-8")
        for old, new in (("depot.v1", "barn.v1"), ("schema_id: depot", "schema_id: barn")):
            text = text.replace(old, new)
        (root / path).write_text(text, encoding="utf-8")
    (root / toys.DEPOT).rename(root / "contracts/barn.v1.yaml")
    (root / "contracts/examples/depot").rename(root / "contracts/examples/barn")
    prescribed = root / "contracts/prescribed_names.yaml"
    prescribed.write_text(prescribed.read_text(encoding="utf-8").replace("depot", "barn"), encoding="utf-8")
    assert main(["--against", "main"], root) == 1
    out = capsys.readouterr().out
    assert f'  {toys.CATALOG}:1: contract renamed: "depot" became "barn"\n' in out
    assert "barn 1, new: fits (nobody has read it before)\n" in out


def test_a_version_that_was_removed_breaks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Documents of it are still there."""
    toys.remove_version(root, "0.1")
    assert main(["--against", "main"], root) == 1
    out = capsys.readouterr().out
    assert "parcel 0.1, removed: BREAKS" in out
    assert '  contracts/catalog.yaml:1: version removed: "0.1"\n' in out


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("0.4", 'version skipped: "0.2" became "0.4"'),
        ("1.3", 'version skipped: "0.2" became "1.3"'),
        ("2.0", 'majors skipped: "0.2" became "2.0"'),
    ],
)
def test_a_version_number_that_jumps_breaks(
    version: str, says: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over a version, or over a whole major, which nothing breaks; an exception can approve it."""
    reason = f"the {'major ' if version == '2.0' else ''}version before it is left out"
    path = toys.add_version(root, version)
    assert main(["--against", "main"], root) == 1
    out = capsys.readouterr().out
    assert f"parcel 0.2 → {version}: WRONG NUMBER ({reason})" in out
    assert f"  {path}:2: {says}\n" in out
    kind = says.partition(":")[0].replace(" ", "-")
    (root / "contracts/exceptions.yaml").write_text(
        'schema_version: "1.0"\nexceptions:\n  - contract: parcel\n    old_version: "0.2"\n'
        f'    new_version: "{version}"\n    pointer: ""\n    kind: {kind}\n'
        '    reason: The number was promised to people.\n    expires: "9999-12-31"\n',
        encoding="utf-8",
    )
    assert main(["--against", "main"], root) == 0
    assert f"parcel 0.2 → {version}: approved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--against", "mian"], "error[unknown-ref]: 'mian' is no commit, no folder with contracts and no wheel — did"),
        (["--against", "main", "--now-utc", "noon"], "error[usage]: --now-utc: 'noon' is not a time as RFC 3339"),
    ],
)
def test_words_that_name_nothing(words: list[str], code: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2: nothing was compared."""
    assert main(words, root) == 2
    assert capsys.readouterr().err.startswith(code)


@pytest.mark.parametrize("words", [[], ["--against", "main", "--json", "--markdown"]])
def test_words_that_make_no_sense(words: list[str], root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No ref, or two forms at once: the usage, and exit code 2."""
    with pytest.raises(SystemExit) as caught:
        main(words, root)
    assert caught.value.code == 2
    assert "usage: ./hatchw run compat" in capsys.readouterr().err
