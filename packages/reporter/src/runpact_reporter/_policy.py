"""The evidence policy: which evidence a report must have in which mode, rule by rule, as a table. Pure.

| rule | bootstrap | production | holds where |
|---|---|---|---|
| last-run | required | required | the product's `last_run.json` can be read |
| tests-output | required | required | `pytest_output.log` is listed and there; in bootstrap an equivalent will do |
| screenshot | required | recommended | a picture of the rendered pages is listed and there |
| test-report | recommended | recommended | `test-report.json` is listed and can be read |
| evidence-sound | required | required | what is listed is there, not empty, inside, of this run, unchanged |
| newer-run | recommended | recommended | no newer run of the product ended badly without a report |
| report-whole | required | required | nothing is missing from it, and nothing but failed tests speaks against it |
| max-failures | required | required | as many tests failed, at most; only where it was asked for |
| min-passed | required | required | as many tests passed, at least; only where it was asked for |

`report-whole` is asked for with either of the last two, and `newer-run` is required then. A rule that cannot be judged
does not hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["MODES", "RULES", "Checked", "Found", "Item", "check", "document"]

MODES = ("bootstrap", "production")

_LOG = "pytest_output.log"
_REPORT = "test-report.json"
_EQUIVALENT = (".log", ".txt")
_NEWER = "newer-run"
_SAID = 5


class Item(NamedTuple):
    """One path that a report lists as evidence.

    Attributes:
        path: The path, from the dash folder, as listed.
        fault: What is wrong with it; empty where it is sound.
        is_picture: Whether it is a picture.
    """

    path: str
    fault: str = ""
    is_picture: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class Found(NamedTuple):
    """What was found of a product's report.

    Attributes:
        fault: Why there is no report that can be read; empty where there is one.
        run_id: The run of the report.
        items: What it lists as evidence.
        tests: The counts of its tests, ``passed`` and ``failed`` among them; None where nobody counted.
        where: What was read, for people.
        lacking: Why the report cannot stand for the whole of the tests; empty where it can.
        newer: A newer run of the product that ended badly without a report, in words; empty where there is none.
    """

    fault: str = ""
    run_id: str | None = None
    items: tuple[Item, ...] = ()
    tests: Mapping[str, int] | None = None
    where: str = ""
    lacking: str = ""
    newer: str = ""


class Checked(NamedTuple):
    """One rule and what came of it."""

    rule: str
    level: str
    passed: bool
    what: str
    evidence: tuple[str, ...] = ()


class Rule(NamedTuple):
    """A row of the table: its levels by mode, and what judges it for a mode: passed, in words, paths."""

    id: str
    bootstrap: str
    production: str
    judge: Callable[[Found, str], tuple[bool, str, Sequence[str]]]


def check(found: Found, mode: str, *, max_failures: int | None = None, min_passed: int | None = None) -> list[Checked]:
    """Judge every rule of a mode, and the gates that were given.

    Args:
        found: What was found.
        mode: ``bootstrap`` or ``production``.
        max_failures: How many tests may fail.
        min_passed: How many tests must pass.
    """
    gated = max_failures is not None or min_passed is not None
    checked = []
    for rule in (*RULES, *((_WHOLE,) if gated else ())):
        passed, what, evidence = rule.judge(found, mode)
        level = "required" if gated and rule.id == _NEWER else getattr(rule, mode)
        checked.append(Checked(rule.id, level, passed, what, tuple(evidence)))
    if max_failures is not None:
        checked.append(_gate(found, "max-failures", "failed", lambda n: n <= max_failures, f"at most {max_failures}"))
    if min_passed is not None:
        checked.append(_gate(found, "min-passed", "passed", lambda n: n >= min_passed, f"at least {min_passed}"))
    return checked


def document(product_id: str, mode: str, found: Found, checked: Sequence[Checked]) -> dict[str, Any]:
    """What was checked, as a document of contract ``report_check``."""
    rules = []
    for each in checked:
        rule: dict[str, Any] = each._asdict()
        if each.evidence:
            rule["evidence"] = list(each.evidence)
        else:
            del rule["evidence"]
        rules.append(rule)
    ok = all(each.passed for each in checked if each.level == "required")
    whole = {"schema_version": "1.0", "product_id": product_id, "mode": mode, "ok": ok, "rules": rules}
    return whole | ({"run_id": found.run_id} if found.run_id is not None else {})


def _last_run(found: Found, _mode: str) -> tuple[bool, str, Sequence[str]]:
    return not found.fault, found.fault or f"{found.where} can be read", ()


def _tests_output(found: Found, mode: str) -> tuple[bool, str, Sequence[str]]:
    named = [item for item in found.items if item.name == _LOG]
    if mode == "bootstrap" and not any(not item.fault for item in named):
        named += [item for item in found.items if item.name.endswith(_EQUIVALENT) and item.name != _LOG]
    wanted = f"{_LOG} or an equivalent" if mode == "bootstrap" else _LOG
    return _there(found, named, wanted)


def _screenshot(found: Found, _mode: str) -> tuple[bool, str, Sequence[str]]:
    named = [item for item in found.items if item.is_picture or item.name.startswith("screenshot")]
    return _there(found, named, "a picture of the rendered pages")


def _test_report(found: Found, _mode: str) -> tuple[bool, str, Sequence[str]]:
    return _there(found, [item for item in found.items if item.name == _REPORT], _REPORT)


def _sound(found: Found, _mode: str) -> tuple[bool, str, Sequence[str]]:
    if found.fault:
        return False, "there is no report that lists evidence", ()
    faulty = [item for item in found.items if item.fault]
    if not found.items:
        return False, "no evidence is listed", ()
    if not faulty:
        number = len(found.items)
        return True, f"{number} path{' is' if number == 1 else 's are'} listed, and sound", ()
    said = "; ".join(f"{item.path}: {item.fault}" for item in faulty[:_SAID])
    more = f"; and {len(faulty) - _SAID} more" if len(faulty) > _SAID else ""
    return False, f"{said}{more}", [item.path for item in faulty]


def _newer_run(found: Found, _mode: str) -> tuple[bool, str, Sequence[str]]:
    if found.fault:
        return False, "there is no report that a run could be newer than", ()
    return not found.newer, found.newer or "no newer run ended badly without a report", ()


def _whole(found: Found, _mode: str) -> tuple[bool, str, Sequence[str]]:
    if found.fault:
        return False, "there is no report that could be whole", ()
    return not found.lacking, found.lacking or "nothing but failed tests speaks against it", ()


def _there(found: Found, named: Sequence[Item], wanted: str) -> tuple[bool, str, Sequence[str]]:
    """Whether one of the paths that could be what is wanted is it."""
    if found.fault:
        return False, f"there is no report that lists {wanted}", ()
    sound = [item for item in named if not item.fault]
    if sound:
        return True, f"{wanted} is there", [item.path for item in sound]
    if named:
        return False, f"{wanted} is not sound: {named[0].path}: {named[0].fault}", [item.path for item in named]
    return False, f"{wanted} is not listed", ()


def _gate(found: Found, rule: str, count: str, holds: Callable[[int], bool], wanted: str) -> Checked:
    number = (found.tests or {}).get(count)
    if number is None:
        return Checked(rule, "required", passed=False, what=f"{wanted} {count} is asked for, and nobody counted")
    return Checked(rule, "required", holds(number), f"{number} {count}; {wanted} is asked for")


RULES = (
    Rule("last-run", "required", "required", _last_run),
    Rule("tests-output", "required", "required", _tests_output),
    Rule("screenshot", "required", "recommended", _screenshot),
    Rule("test-report", "recommended", "recommended", _test_report),
    Rule("evidence-sound", "required", "required", _sound),
    Rule(_NEWER, "recommended", "recommended", _newer_run),
)

_WHOLE = Rule("report-whole", "required", "required", _whole)
