"""``hatch run cov``: lines and branches that the last ``hatch run test`` reached, against a gate per package.

The gates are exact: 100 % means that nothing is left out, whatever rounding would say. A package without a
measured file is a failure, so that no package escapes its gate by being imported from elsewhere.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["GATES", "Tally", "failures", "main", "tallies"]

ROOT = Path(__file__).resolve().parent.parent
GATES = {"codegen": 100, "packages/core": 100}  # percent; what others stand on has no untried branch
GATE = 95  # percent, for every other package


@dataclass
class Tally:
    """What one package has, and what of it was reached; lines and branches count alike."""

    reached: int = 0
    total: int = 0
    short: list[str] = field(default_factory=list)

    def add(self, path: str, summary: dict[str, int]) -> None:
        """Count one file, from its ``summary`` in the JSON report of coverage."""
        reached = summary["covered_lines"] + summary.get("covered_branches", 0)
        total = summary["num_statements"] + summary.get("num_branches", 0)
        self.reached += reached
        self.total += total
        if reached < total:
            self.short.append(f"{path}: {total - reached} of {total} not reached")


def tallies(report: dict[str, dict[str, dict[str, dict[str, int]]]], units: list[str]) -> dict[str, Tally]:
    """One tally per unit; a unit is a folder, as a path from the root with ``/``."""
    found = {unit: Tally() for unit in units}
    for name, entry in report["files"].items():
        path = name.replace("\\", "/")
        for unit, tally in found.items():
            if path.startswith(unit + "/"):
                tally.add(path, entry["summary"])
    return found


def failures(found: dict[str, Tally]) -> list[str]:
    """The units below their gate, each with the files that leave something out."""
    lines: list[str] = []
    for unit, tally in found.items():
        gate = GATES.get(unit, GATE)
        if tally.total == 0:
            lines.append(f"{unit}: nothing was measured")
        elif tally.reached * 100 < gate * tally.total:
            lines += [f"{unit}: below {gate} %", *(f"  {line}" for line in tally.short)]
    return lines


def main() -> int:
    """Print every unit's share; returns 1 when one is below its gate, 3 when there is no data."""
    command = [sys.executable, "-m", "coverage", "json", "-q", "-o", "-"]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE)
    if done.returncode != 0:
        print("error[no-coverage]: no data — `./hatchw run test` without arguments makes it", file=sys.stderr)
        return 3
    packages = sorted(f"packages/{path.parent.name}" for path in ROOT.glob("packages/*/pyproject.toml"))
    found = tallies(json.loads(done.stdout), ["codegen", "evolution", *packages])
    for unit, tally in found.items():
        share = 100 * tally.reached / tally.total if tally.total else 0.0
        gate = GATES.get(unit, GATE)
        print(f"{unit:24} {tally.reached:6} of {tally.total:6}  {share:6.2f} %  (gate {gate} %)")
    wrong = failures(found)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
