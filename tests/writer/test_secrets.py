"""R-01 to R-03 end to end: a registered secret, in whatever spelling and place, stands in no file of a run."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest

from runpact_core.errors import UsageFailure
from runpact_writer import RunWriter, _exec, _mask
from tests.writer.support import START, around, document, only_run, run_ids, writer

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "p@ss 'w\"rd/<\u00e9>&+7"  # noqa: S105 - it is one, of nothing
TOKEN = "tok_Xy12ab34CD56"  # noqa: S105 - as above
SPELLED: dict[str, Callable[[str], str]] = {
    "plain": str,
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 after 1": lambda value: base64.b64encode(b"\xff" + value.encode() + b"\xff").decode(),
    "base64 after 2": lambda value: base64.b64encode(b"\xff\xff" + value.encode() + b"\xff").decode(),
    "base64 url": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
    "url": lambda value: quote(value, safe=""),
    "json": lambda value: json.dumps(value)[1:-1],
    "json, all": lambda value: "".join(f"\\u{ord(each):04x}" for each in value),
    "xml": html.escape,
    "xml, all": lambda value: "".join(f"&#x{ord(each):x};" for each in value),
    "shell": shlex.quote,
}
ENVIRON = {"DSN": SECRET, "TOKEN": TOKEN}


def wrong(secret: str) -> list[object]:
    """Events that are not taken, whose faults are told in the run."""
    checks = ({"id": secret, "status": "pass"}, {"id": "x", "status": secret})
    return [{secret: 1}, *({"check": each} for each in checks), {"metric": {secret: 1}}, {"metric": {secret: True}}]


def left_in(root: Path) -> list[str]:
    """Where below a folder a secret is found: in the name or the bytes of a file, as they are and decoded."""
    needles = [value.encode() for value in (SECRET, TOKEN)]
    found = []
    for path in root.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        text = data.decode("utf-8", "replace")
        seen = {data, text.encode(), unquote(text).encode(), html.unescape(text).encode(), path.name.encode()}
        seen.add(re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text).encode("utf-8", "replace"))
        seen.add(re.sub(r'\\([\\/"])', r"\1", text).encode())
        codes = {spell(value).encode() for spell in SPELLED.values() for value in (SECRET, TOKEN)}
        codes |= {base64.b64encode(b"\xff" * n + each)[2 * n : -4] for n in range(3) for each in needles}
        found += [str(path) for each in [*needles, *codes] if any(each in form for form in seen)]
    return sorted(set(found))


def test_the_search_finds() -> None:
    """The search that the tests below rely on sees every spelling; planted, each is found."""
    for spell in SPELLED.values():
        folder = Path("planted")
        folder.mkdir(exist_ok=True)
        (folder / "run.log").write_text(f"x {spell(SECRET)} y")
        assert left_in(folder) == [str(folder / "run.log")]


@pytest.mark.parametrize("spell", SPELLED.values(), ids=SPELLED)
def test_from_python(spell: Callable[[str], str], runs_dir: Path) -> None:
    """Log lines, names, ids and evidence of checks, warnings, metadata, inputs, outputs, words of a command, output."""
    secret, token = spell(SECRET), spell(TOKEN)
    more = {"around": around(ENVIRON), "mask_env": ["TOKEN"], "command": ["x", f"--to={secret}"], "announce": False}
    recorder = RunWriter("P2-Backfill", f"0.1-{token}", ["DSN"], runs_dir=runs_dir, **more)  # type: ignore[arg-type]  # a row of options
    recorder.start("local_cli", f"by {secret}", token)
    assert left_in(runs_dir) == []
    recorder.log(f"connect with {secret} and {token}")
    recorder.check(None, f"reached {secret}", "pass", [f"said {secret}", f"artifacts/{token}.csv"])
    recorder.check("a" + re.sub("[^a-z0-9_]", "", TOKEN.lower()), None, "pass")
    recorder.warn(f"retry of {secret}")
    recorder.set(f"key {secret}", {token: [secret, (secret, Path(f"/{token}"))]})
    recorder.add_input("url", f"https://mia:{secret}@db/x?{token}", **{"range": secret, "note": [token], token: 1})
    recorder.add_output("file", f"a/{secret}", rows_written=secret, more={"b": token})
    recorder.metric("m", secret)  # type: ignore[arg-type]  # what a pipeline may do
    for piece in (secret[:4], secret[4:] + "\n", token[:3], token[3:], " end"):
        recorder.record_output(piece.encode())
    recorder.finish(exit={"code": 0}, other=secret, worse=object())
    assert left_in(runs_dir) == []
    run = document(only_run(runs_dir))
    assert run["masking"] == {"masked": ["DSN", "TOKEN"], "not_masked": []}
    assert run["status"] == "partial"
    assert (only_run(runs_dir) / "run.log").read_text().count("***") >= 6


def test_what_the_record_looks_like(runs_dir: Path) -> None:
    """Each place keeps what is no secret; ids and names of metrics stay what a contract admits."""
    recorder = writer(runs_dir, "TOKEN", environ=ENVIRON, command=["say", f"a{TOKEN}b"])
    recorder.start(*START)
    recorder.check(None, f"Sent {TOKEN} away", "pass", [f"artifacts/{TOKEN}/x", "run.json:$.env.present", f"s {TOKEN}"])
    recorder.metric(f"rows_{TOKEN}_s", 3)
    recorder.add_output("table", f"u:{TOKEN}@h", rows_written=60)
    recorder.record_output(f"no line feed {TOKEN}".encode())
    recorder.finish()
    run, checks = document(only_run(runs_dir)), document(only_run(runs_dir), "checks.json")
    assert run["command"] == ["say", "a***b"]
    assert run["metrics"] == {"rows_____s": 3}
    assert run["outputs"] == [{"type": "table", "ref": "u:***@h", "rows_written": 60}]
    check = checks["checks"][1]
    assert (check["id"], check["name"]) == ("sent_away", "Sent *** away")
    assert check["evidence"] == ["artifacts/***/x", "run.json:$.env.present", "run.log:line:2"]
    said = "RUN_ID=20260119T120000Z__P2-Backfill__0000000\n2026-01-19T12:00:00Z s ***\nno line feed ***"
    assert (only_run(runs_dir) / "run.log").read_text() == said


def test_an_exception_cut_in_a_secret(runs_dir: Path) -> None:
    """Secrets are masked before a long message is cut: of one at the cut nothing is left."""
    for size in range(484, 501):
        with pytest.raises(ValueError, match="x"), writer(runs_dir, "TOKEN", environ=ENVIRON):
            raise ValueError("x" * size + TOKEN + "y" * 99)
    assert [run for run in runs_dir.iterdir() if TOKEN[:1] + "ok" in (run / "run.log").read_text()] == []


def test_what_fails_in_us(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fault of ours whose message holds a secret is said without it, on stderr and in the run."""
    recorder = writer(runs_dir, "TOKEN", environ=ENVIRON, strict=False)
    recorder.start(*START)

    class Broken:
        def __str__(self) -> str:
            raise RuntimeError(f"no {TOKEN}")

    recorder.log(Broken())
    recorder.finish(other={TOKEN: object()})
    assert TOKEN not in capsys.readouterr().err
    assert left_in(runs_dir) == []
    assert any("no ***" in warning for warning in document(only_run(runs_dir))["warnings"])


def test_a_name_that_is_none(runs_dir: Path) -> None:
    """A variable to be masked has a name that a variable can have."""
    with pytest.raises(UsageFailure, match="names no environment variable"):
        writer(runs_dir, mask_env=["A=b"])


def test_nothing_is_loaded_for_nothing(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no variable is set no masker is made, and `run.json` has no field about it."""
    monkeypatch.setattr(_mask.Secrets, "masker", lambda secrets: pytest.fail("made") if secrets._values else None)
    recorder = writer(runs_dir, mask_env=["NONE"])
    recorder.start(*START)
    recorder.record_output(b"half")
    recorder.finish()
    assert "masking" not in document(only_run(runs_dir))


@pytest.mark.skipif(sys.platform == "win32", reason="the engine is for POSIX systems")
@pytest.mark.parametrize("spell", SPELLED.values(), ids=SPELLED)
def test_around_a_command(spell: Callable[[str], str], runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments, both streams, split writes, and the events file, read or left there for its faults."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    secret, token = spell(SECRET), spell(TOKEN)
    events = [{"check": {"id": "x", "name": secret, "status": "pass", "evidence": [secret, token]}}]
    events += [{"output": {"type": token, "ref": f"https://a:{secret}@b"}}, {"metadata": {secret: [token]}}]
    monkeypatch.setenv(
        "SAID", "\n".join([*map(json.dumps, events), f"nope {secret} {token}", *map(json.dumps, wrong(secret))])
    )
    script = 'printf %s "$1"; printf %s "$2" >&2; printf %s "$SAID" > "$RUNPACT_EVENTS"; printf "%s\\n" "$2"'
    words = ["--required-env", "DSN", "--mask-env", "TOKEN", "--", "sh", "-c", script, "sh", secret, token]
    assert _exec.main(words) == 0
    assert left_in(runs_dir) == []
    run = only_run(runs_dir)
    assert document(run)["masking"] == {"masked": ["DSN", "TOKEN"], "not_masked": []}
    assert len(document(run)["warnings"]) >= 5
    assert (run / "events.jsonl").exists()
    assert document(run)["command"].count("***") + sum("***" in word for word in document(run)["command"]) >= 2


@pytest.mark.skipif(sys.platform == "win32", reason="the engine is for POSIX systems")
def test_masked_once(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command prints is masked by the masker of its stream and by no other."""
    monkeypatch.setenv("STARS", "***-***-***")
    assert _exec.main(["--mask-env", "STARS", "--", "sh", "-c", 'echo "$STARS"; echo "x***-$STARS"']) == 0
    assert (only_run(runs_dir) / "run.log").read_bytes().partition(b"\n")[2] == b"***\nx***\n"


def test_the_name_of_the_command_holds_a_secret(
    project: Path, runs_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id that is made of it, and with it folder and files, have none of it."""
    tool = project / "tool-abcdefgh"
    tool.write_text("#!/bin/sh\necho ran\n")
    tool.chmod(0o755)
    monkeypatch.setenv("TOK", "abcdefgh")
    assert _exec.main(["--mask-env", "TOK", "--", str(tool)]) == 0
    run = only_run(runs_dir)
    assert (run.name.split("__")[1], document(run)["pipeline_id"]) == ("tool----", "tool----")
    assert not [path for path in run.iterdir() if b"abcdefgh" in path.read_bytes()]
    assert capfd.readouterr() == ("ran\n", "")


@pytest.mark.parametrize(
    ("words", "what"),
    [(["--pipeline-id", "x-abcdefgh"], "pipeline's id"), (["--product", "abcdefgh1"], "product")],
)
def test_a_name_that_holds_a_secret(
    words: list[str], what: str, runs_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused before anything is made or run, from Python too, without showing it."""
    monkeypatch.setenv("TOK", "abcdefgh")
    assert _exec.main(["--required-env", "TOK", *words, "--", "echo", "ran"]) == 2
    line = f"the {what} holds the value of a variable that is masked"
    hint = "it is shown everywhere: choose another, or do not mask that variable"
    assert capfd.readouterr() == ("", f"error[usage]: {line} — {hint}\n")
    named: dict[str, Any] = {words[0][2:].replace("-", "_"): words[1]}
    recorder = RunWriter(**{"pipeline_id": "x", "pipeline_version": "1", **named}, mask_env=["TOK"], runs_dir=runs_dir)
    with pytest.raises(UsageFailure, match=line):
        recorder.start(*START)
    assert run_ids(runs_dir) == []
