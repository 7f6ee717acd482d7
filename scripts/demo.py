"""``hatch run demo``: what Runpact is for, on real input, in half a minute on two quiet cores.

Runs the JSON reader's tests and a failing one as two products of a fleet, shows what their runs left, verifies both,
builds the dashboard of the fleet, cleans a store of a few hundred runs and takes that back, collects the status of
three runners from a loopback server, and holds every published example to its contract. Everything shown is the
output of the commands as printed; the exit code is 1 where anything is not as it says.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import demo_runners
import demo_store

__all__ = ["main"]

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / ".demo"
RUNS = PROJECT / "reports" / "runs"
SITE = PROJECT / "site"
STORE = PROJECT / "store"
CONTROL = PROJECT / "control"
MATRIX = CONTROL / "runner-status-matrix.html"
STALE_S = 100 * 3600
FAILING = "def test_rows():\n    assert 59 == 60, 'a row is missing'\n"


class Unexpected(Exception):
    """Something is not as the demo says."""


def main() -> int:
    """Show it; returns 0, or 1 where something was not as expected."""
    started = time.monotonic()
    PROJECT.mkdir(exist_ok=True)
    try:
        test = PROJECT / "test_rows.py"
        test.write_text(FAILING, encoding="utf-8")
        passing = report("runpact-core", "Runpact core", "tests/core/test_json_grammar.py", expect=0)
        failing = report("row-count", "Row count", relative(test), expect=1)
        look(passing, failing)
        build()
        runs = retain()
        collect()
        examples = read_examples()
    except Unexpected as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    title("What was shown")
    print(f"- a real test suite, run and reported as {passing.name}, with its log, checks and every test")
    print(f"- a failing one, reported as {failing.name}: its exit code for the caller, status failed for readers")
    print("- both verified: schemas, rules between fields, and every piece of evidence resolved")
    print(f"- {examples} example documents held to {len(contract_versions())} contract versions")
    print(f"- the dashboard of both: open {SITE / 'index.html'} in a browser")
    print(
        f"- a store of {runs} runs: planned, cleaned, taken back byte for byte, compacted: open {STORE / 'store.html'}"
    )
    print(f"- the status of three runners, one fresh, one stale, one not as its release says: open {MATRIX}")
    print(f"\nThe folders are yours to look at: {PROJECT.relative_to(ROOT)} ({time.monotonic() - started:.0f} s)")
    return 0


def report(product: str, name: str, tests: str, *, expect: int) -> Path:
    """Register a product, run its tests as a recorded run and report them; the run's folder."""
    title(f"Report tests that end with exit code {expect}")
    known = (PROJECT / "dash" / "products.json").exists() and runpact(
        "fleet", "list", "--json", "--project", ".demo", quiet=True
    )
    again = known and product in [each["product_id"] for each in json.loads(known)["products"]]
    words = ("--update",) if again else ()
    runpact("fleet", "register", product, "--name", name, "--owner", "demo", *words, "--project", ".demo")
    before = set(RUNS.glob("*")) if RUNS.exists() else set()
    runpact("report", "generate", product, "--test-path", tests, "--project", ".demo", expect=expect)
    new = set(RUNS.glob(f"*__{product}__*")) - before
    if len(new) != 1:
        raise Unexpected(f"one run should have been recorded, not {len(new)}")
    return new.pop()


def look(passing: Path, failing: Path) -> None:
    """Show what the two runs left."""
    title("What a run leaves")
    for name in ("run.json", "checks.json"):
        print(f"\n# {passing.name}/{name}\n{(passing / name).read_text(encoding='utf-8')}", end="")
    statuses = [json.loads((run / "run.json").read_bytes())["status"] for run in (passing, failing)]
    if statuses != ["success", "failed"]:
        raise Unexpected(f"the runs should be success and failed, not {statuses}")
    title("List and verify")
    runpact("runs", "list", "--project", ".demo")
    runpact("runs", "show", failing.name, "--project", ".demo")
    runpact("runs", "verify", passing.name, failing.name, "--project", ".demo")


def build() -> None:
    """Check the evidence of both products, and build the dashboard."""
    title("The fleet")
    runpact("report", "check", "runpact-core", "--mode", "production", "--max-failures", "0", "--project", ".demo")
    runpact(
        "report", "check", "row-count", "--mode", "production", "--max-failures", "0", "--project", ".demo", expect=1
    )
    runpact("fleet", "list", "--project", ".demo")
    runpact("dash", "build", relative(SITE), "--project", ".demo")
    if not (SITE / "index.html").is_file():
        raise Unexpected("the dashboard has no start page")


def retain() -> int:
    """Clean a store, take that back, compact it; the number of its runs."""
    title("Retention without regret")
    shutil.rmtree(STORE, ignore_errors=True)
    runs = demo_store.make(STORE, int(time.time()))
    before = demo_store.tree_digest(STORE)
    print(f"\n# {runs} runs, with this as config/artifacts.yaml:\n{demo_store.CONFIG}", end="")
    there = ("--project", relative(STORE))
    runpact("artifacts", "scan", *there)
    runpact("artifacts", "gc", *there)
    runpact("artifacts", "gc", "--apply", "--force", *there)
    if demo_store.tree_digest(STORE) == before:
        raise Unexpected("gc took nothing")
    (report,) = (STORE / "artifacts" / ".trash").glob("gc_report_*.json")
    runpact("artifacts", "undo", report.stem.removeprefix("gc_report_"), *there, tail=2)
    if demo_store.tree_digest(STORE) != before:
        raise Unexpected("undo gave back something else")
    print("\n# every file is back: the same names, bytes, modes and times")
    runpact("artifacts", "gc", "--apply", "--force", *there, tail=2)
    runpact("artifacts", "compact", "--apply", *there, tail=4)
    runpact("artifacts", "verify", "--deep", *there)
    runpact("artifacts", "report", "--html", relative(STORE / "store.html"), *there)
    return runs


def collect() -> None:
    """Publish the status of three runners (one fresh, one stale, one broken), and make the matrix of them."""
    title("The runners of three repositories")
    shutil.rmtree(CONTROL, ignore_errors=True)  # what was accepted before would refuse the same releases again
    releases = CONTROL / "releases"
    releases.mkdir(parents=True)
    registry = CONTROL / "registry.json"
    with demo_runners.served(releases) as address:
        registry.write_text(json.dumps(demo_runners.registry(address)), encoding="utf-8")
        for runner, version, result, age_s in (
            ("rust", "v1.4.0", "pass", 0),
            ("php", "v0.9.1", "pass", STALE_S),
            ("go", "v2.0.0", "fail:1", 0),
        ):
            made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - age_s))
            report = relative(releases / runner / demo_runners.ASSET)
            words = ("--registry", relative(registry), "--runner", runner, "--release-version", version)
            runpact("status", "report", *words, "--command", f"tests={result}", "--now-utc", made, "--out", report)
            demo_runners.release(releases, address, runner, version, changed=runner == "go")
        out = ("--allow-private", "--out", relative(CONTROL))
        runpact("matrix", "ingest", "--registry", relative(registry), *out, "--enforce-freshness", expect=1)
    runpact("matrix", "html", relative(MATRIX.with_suffix(".json")), "--out", relative(MATRIX))
    rows = json.loads(MATRIX.with_suffix(".json").read_bytes())["matrix_rows"]
    found = {row["runner_id"]: (row["verdict"], row.get("failure")) for row in rows}
    if found != {
        "go": ("governance_fail", "checksum-mismatch"),
        "php": ("governance_fail", "stale-report"),
        "rust": ("ok", None),
    }:
        raise Unexpected(f"the matrix says {found}")


def read_examples() -> int:
    """Hold every published example to its contract, version by version; how many there are."""
    title("Read the examples of every contract version")
    count = 0
    for folder in contract_versions():
        name = folder.parent.name
        valid, invalid = sorted(folder.glob("valid/*.json")), sorted(folder.glob("invalid/*.json"))
        hold = ("contracts", "validate", "--strict", "--contract", name)
        taken = runpact(*hold, *map(relative, valid), quiet=True)
        refused = runpact(*hold, *map(relative, invalid), expect=1, quiet=True)
        if taken.count(f": valid {name} ") != len(valid) or f": valid {name} " in refused:
            raise Unexpected(f"{name} {folder.name}: {taken}{refused}")
        print(f"{name:30} {folder.name:4} {len(valid):2} taken, {len(invalid):2} refused, as they should be")
        count += len(valid) + len(invalid)
    runpact("contracts", "upgrade", "contracts/examples/checks/0.1/valid/one-of-each.json", "--stdout")
    return count


def contract_versions() -> list[Path]:
    """The folder of examples of every contract version."""
    return sorted(path for path in (ROOT / "contracts" / "examples").glob("*/*") if path.is_dir())


def relative(path: Path) -> str:
    """A path as a person in the project's root would type it."""
    return path.relative_to(ROOT).as_posix()


def runpact(*words: str, expect: int = 0, quiet: bool = False, tail: int = 0) -> str:
    """Run one command as a person would, and hold it to its exit code.

    Returns:
        What it printed where it was to be ``quiet``, or only the ``tail`` of so many lines was to be shown.
    """
    command = ["runpact", *words]
    if not quiet:
        print(f"\n$ {shlex.join(command)}{f' | tail -n {tail}' if tail else ''}", flush=True)
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=quiet or tail > 0, text=True)
    if done.returncode != expect:
        output = f"\n{done.stdout}{done.stderr}" if quiet or tail else ""
        raise Unexpected(f"{shlex.join(command)} ended with {done.returncode}, not {expect}{output}")
    if tail:
        print("".join(done.stdout.splitlines(keepends=True)[-tail:]), end="", flush=True)
    return done.stdout or ""


def title(text: str) -> None:
    """A heading."""
    print(f"\n=== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
