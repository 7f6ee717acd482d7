"""A configuration is found, read strictly, and becomes settings and places; what is wrong names file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runpact_core import documents
from runpact_core.errors import ConfigurationError, UsageFailure
from runpact_gc import _config, _effective
from runpact_gc._model import Group
from runpact_gc._places import places
from runpact_gc._settings import DEFAULTS, Rule, StatusRule, rule_for

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
PUBLISHED = SHARED / "corpus" / "store" / "artifacts.yaml"
GUIDE = SHARED / "requirements" / "artifact-management.md"
EXAMPLES = ROOT / "contracts" / "examples" / "artifacts_config" / "1.0"


def written(project: Path, text: str | bytes) -> Path:
    """The usual file, with this text."""
    path = project / "config" / "artifacts.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(project: Path, text: str) -> str:
    """What is said of a text that does not hold."""
    written(project, text)
    with pytest.raises(ConfigurationError) as caught:
        _config.load(places())
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_without_a_file_the_defaults_hold(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing has a rule, things lie where they usually do, and nothing is said."""
    assert project.is_dir()
    assert _config.load(places()) == (DEFAULTS, places(), ())
    assert rule_for(DEFAULTS, Group("dash", "x")) is None
    assert capsys.readouterr() == ("", "")


def test_a_file_that_was_named_must_be_there(project: Path) -> None:
    """A mistyped --config is a usage error, and no empty policy."""
    with pytest.raises(UsageFailure, match=r"^--config c\.yaml does not exist$"):
        _config.load(places(config="c.yaml"), given_explicitly=True)
    (project / "c.yaml").write_text("gc: {incomplete_days: 3}\n")
    assert _config.load(places(config="c.yaml"), given_explicitly=True).settings == DEFAULTS._replace(incomplete_days=3)


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the folder of published documents is not here")
def test_the_published_file_loads(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its one repair, which is said with file and line; it says what the example of the contract says."""
    written(project, PUBLISHED.read_bytes())
    loaded = _config.load(places())
    assert len(loaded.warnings) == 1
    assert loaded.warnings[0].startswith("config/artifacts.yaml:77: a space is missing after greenwall:")
    assert capsys.readouterr().err == f"warning: {loaded.warnings[0]}\n"
    found = _config.read(places())
    assert found.data == documents.read("artifacts_config", EXAMPLES / "valid" / "as-published.json").data
    assert loaded.settings.retention["smoke90"] == Rule(keep=8)
    assert loaded.settings.max_files_per_scan == 10000
    assert loaded.settings.patterns["greenwall"][2] == "**/greenwall/verification_*.json"
    assert (loaded.places.trash, loaded.places.manifest) == (places().trash, places().manifest)


@pytest.mark.skipif(not GUIDE.is_file(), reason="the source document is not here")
def test_every_fragment_of_the_guide_loads(project: Path) -> None:
    """The four fragments of configuration that the source document shows hold; the first with its repair."""
    fragments = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    configuration = [each for each in fragments if not each.startswith("# Example GitHub")]
    assert len(configuration) == 4
    mended = []
    for each in configuration:
        written(project, each)
        mended.append(_config.read(places()).mended)
    assert mended == [((7, "greenwall"),), (), (), ()]


def test_the_two_published_readings_differ_by_the_file(project: Path) -> None:
    """Each file's own numbers hold; what it leaves out has the default."""
    written(project, "indexing:\n  parallel_workers: 8\n  checksum_buffer_size_kb: 128\n  max_files_per_scan: 50000\n")
    expected = DEFAULTS._replace(parallel_workers=8, checksum_buffer_size_kb=128, max_files_per_scan=50000)
    assert _config.load(places()).settings == expected
    assert (DEFAULTS.parallel_workers, DEFAULTS.checksum_buffer_size_kb) == (4, 64)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "retention:\n  proofs:\n    kep: 1\n",
            "/retention/proofs/kep: unknown field (did you mean keep?) [additionalProperties] (line 3)",
        ),
        (
            "# gc\nretension: {}\n",
            "/retension: unknown field (did you mean retention?) [additionalProperties] (line 2)",
        ),
        (
            "retention:\n  a:\n    keep: 0\n",
            "/retention/a/keep: 0 is less than the minimum of 1 [minimum] (line 3)",
        ),
        (
            "retention:\n  a:\n    keep: -1\n",
            "/retention/a/keep: -1 is less than the minimum of 1 [minimum] (line 3)",
        ),
        (
            "retention:\n  a:\n    keep: 100001\n",
            "/retention/a/keep: 100001 is greater than the maximum of 100000 [maximum] (line 3)",
        ),
        (
            'retention:\n  a:\n    keep: "10"\n',
            '/retention/a/keep: "10" is not of type "integer" [type] (line 3)',
        ),
        (
            "manifest:\n  checksum_algorithm: md5\n",
            '/manifest/checksum_algorithm: "md5" is not one of "sha256" [enum] (line 2)',
        ),
    ],
)
def test_what_the_contract_refuses_names_key_and_line(project: Path, text: str, said: str) -> None:
    """A mistyped key names the nearest; a number out of bounds names its key."""
    assert refused(project, text) == f"config/artifacts.yaml: {said}"


@pytest.mark.parametrize("text", ["", " \n\n", "# gc:\n  # all of it\n", "\ufeff# only a comment"])
def test_a_file_that_says_nothing_leaves_the_defaults(project: Path, text: str) -> None:
    """Each key is optional, and so are all of them together."""
    written(project, text.encode())
    assert _config.load(places(), given_explicitly=True).settings == DEFAULTS


@pytest.mark.parametrize("text", ["---\n", "- 1\n", "a: [\n", "retention:\n", "gc: &a {}\n", "x: 1:30\n"])
def test_what_is_no_configuration_is_refused(project: Path, text: str) -> None:
    """Nothing is guessed from a file of another shape, or with YAML of two meanings."""
    assert refused(project, text).startswith("config/artifacts.yaml: ")


def test_bytes_that_are_no_text_or_no_file_are_refused(project: Path) -> None:
    """Other encodings, folders and files that are too large are errors of configuration."""
    path = written(project, b"retention: {}\n\xff\n")
    with pytest.raises(ConfigurationError, match=r"^config/artifacts\.yaml: .*UTF-8"):
        _config.load(places())
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(ConfigurationError, match=r"^config/artifacts\.yaml: 1048577 bytes are more than the limit"):
        _config.load(places())
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigurationError, match=r"^config/artifacts\.yaml: "):
        _config.load(places())


def test_a_file_elsewhere_is_named_by_its_path(tmp_path: Path, project: Path) -> None:
    """What lies in the project is named from there; what does not, by its whole path."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (project / "c.yaml").write_text("zzz: 1\n")
    with pytest.raises(ConfigurationError, match=f"^{re.escape((project / 'c.yaml').as_posix())}: /zzz: "):
        _config.load(places("inside", config="c.yaml"))


def test_every_valid_example_comes_back_whole(project: Path) -> None:
    """What is shown as the effective configuration is a document of the contract, and loads as the same settings."""
    for example in sorted((EXAMPLES / "valid").glob("*.json")):
        path = written(project, example.read_bytes())
        loaded, data = _config.load(places()), _config.read(places()).data or {}
        whole = _effective.document(loaded.settings, data)
        assert documents.validate("artifacts_config", whole, strict=True) == []
        path.write_bytes(documents.dumps(whole))
        assert _config.load(places()).settings == loaded.settings, example.name


def test_an_empty_list_of_words_is_not_the_default(project: Path) -> None:
    """Who says that no word in a name means pass is not given the usual ones, before or after a round trip."""
    path = written(project, "patterns:\n  a: [x/*]\nstatus:\n  a: {pass_names: []}\n")
    loaded = _config.load(places())
    assert loaded.settings.status == {"a": StatusRule(pass_names=())}
    path.write_bytes(documents.dumps(_effective.document(loaded.settings, {})))
    assert _config.load(places()).settings == loaded.settings
