"""``runpact fleet`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import sys
import time
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from runpact_core import documents, edge, tables
from runpact_core.errors import RunpactError
from runpact_core.redact import for_terminal
from runpact_reporter import _fleet, _shown
from runpact_reporter._cli_options import DashDir, Product, Project, Switch
from runpact_reporter._last_run import age_s, newest
from runpact_reporter._places import dash_dir
from runpact_reporter._recorded_runs import RecordedRuns

__all__ = ["fleet"]

fleet = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="Keep the register of the fleet's products.",
)

Json = Annotated[bool, typer.Option("--json", help="Print a products document.")]


class Criticality(Enum):
    """How much depends on a product."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


Status = Enum("Status", {name.upper(): name for name in _fleet.STATUSES})  # type: ignore[misc]  # one list, in its home


@fleet.command()
def register(  # noqa: PLR0913 - one for each field
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="Id: lower-case letters, digits, single hyphens.")],
    *,
    name: Annotated[str | None, typer.Option(help="Name for people.  [default: the id]")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for it.  [default: unknown]")] = None,
    status: Annotated[Status | None, typer.Option(help="Where in its life it is.  [default: active]")] = None,
    criticality: Annotated[Criticality | None, typer.Option(help="How much depends on it.")] = None,
    sla_tier: Annotated[int | None, typer.Option(min=1, max=5, help="Service tier; 1 is the highest.")] = None,
    repo: Annotated[str | None, typer.Option(help="Where its repository is.")] = None,
    path: Annotated[str | None, typer.Option(help="Path to its root.")] = None,
    spec_path: Annotated[str | None, typer.Option(help="Path to its specification.")] = None,
    schedule_path: Annotated[str | None, typer.Option(help="Path to its schedule.")] = None,
    enabled: Annotated[bool | None, typer.Option(help="Whether it takes part in fleet operations.")] = None,
    update: Annotated[bool, typer.Option("--update", help="Change fields of a product that is registered.")] = False,
    json: Json = False,
    project: Project = ".",
    dash: DashDir = None,
) -> None:
    """Put a product into the register, or change it."""
    entry = {
        "product_id": product,
        "display_name": name,
        "owner": owner,
        "status": str(status.value) if status else None,
        "criticality": criticality.value if criticality else None,
        "sla_tier": sla_tier,
        "repo": repo,
        "path": path,
        "spec_path": spec_path,
        "schedule_path": schedule_path,
        "enabled": enabled,
    }
    whole = _fleet.register(dash_dir(project, dash), entry, update=update)
    _answer(json, [whole], f"{'updated' if update else 'registered'} {product}")


@fleet.command("list")
def list_products(*, json: Json = False, project: Project = ".", dash: DashDir = None) -> None:
    """List the products of the fleet, with what their newest reports say."""
    folder = dash_dir(project, dash)
    document = _fleet.load(folder)
    if json:
        _print_document(document.data)
        return
    now = time.time()
    recorded = RecordedRuns(Path(project, "reports", "runs"), now)
    rows = [["PRODUCT", "NAME", "STATUS", "OWNER", "TIER", "LAST RUN", "AGE", "SUMMARY"]]
    for entry in _fleet.entries(document):
        product = str(entry.get("product_id"))
        facts = [str(entry.get(field, "")) for field in ("display_name", "status", "owner", "sla_tier")]
        status, age, summary = _newest(folder, recorded, product, now)
        stopped = "disabled; " if entry.get("enabled") is False else ""
        rows.append([product, *facts, status, age, stopped + summary])
    print(tables.aligned(rows) if len(rows) > 1 else "the register is empty\n", end="")


@fleet.command()
def show(product: Product, *, json: Json = False, project: Project = ".", dash: DashDir = None) -> None:
    """Show one product and its newest report."""
    folder = dash_dir(project, dash)
    entry = _fleet.find(_fleet.entries(_fleet.load(folder)), product)
    if json:
        _print_document(_register([dict(entry)]))
        return
    now = time.time()
    status, age, summary = _newest(folder, RecordedRuns(Path(project, "reports", "runs"), now), product, now)
    rows = [[name, _shown.said(value)] for name, value in entry.items()]
    rows += [["last run", status], ["age", age], ["summary", summary]]
    print(tables.aligned([row for row in rows if row[1]]), end="")


@fleet.command()
def remove(product: Product, *, json: Json = False, project: Project = ".", dash: DashDir = None) -> None:
    """Take a product out of the register; its runs stay."""
    folder = dash_dir(project, dash)
    kept = _fleet.remove(folder, product)
    stay = f"; its runs stay in {kept}" if kept.is_dir() else ""
    _answer(json, _fleet.entries(_fleet.load(folder)), f"removed {product} from the register{stay}")


@fleet.command("kill-switch")
def kill_switch(  # noqa: PLR0913 - one for each word
    product: Product,
    switch: Annotated[Switch, typer.Argument(help="What it is to be.")],
    *,
    reason: Annotated[str, typer.Option(help="Why it is on; needed for that.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print the last_run document that carries it.")] = False,
    project: Project = ".",
    dash: DashDir = None,
) -> None:
    """Stop a product's runs, or let them run again; `report generate` starts none while the switch is on."""
    changed = _fleet.switch(dash_dir(project, dash), product, enabled=switch is Switch.ON, reason=reason)
    if isinstance(changed, Path):
        edge.say(f"runpact: the report could not be read, and was set aside: {changed}; the next one starts afresh")
    elif json:
        _print_document(changed.data)
    if not json:
        print(for_terminal(f"the kill switch of {product} is {switch.value}{f': {reason}' if reason else ''}"))


def _newest(folder: Path, recorded: RecordedRuns, product: str, now: float) -> list[str]:
    """Status, age and summary of a product's newest report, or what is wrong with it."""
    try:
        found = newest(folder, product)
    except RunpactError as error:
        return ["", "", str(error)]
    data, age = found.data, age_s(found.data, now)
    if found.read_as is None:  # whatever it calls a success may be another thing by now
        return ["unknown", tables.age(age), str(found.message)]
    switch = data.get("kill_switch")
    stopped = f"stopped: {switch.get('reason')}; " if isinstance(switch, dict) and switch.get("enabled") is True else ""
    later = recorded.newer(folder, product, data)
    after = f"newer run {later.how}; " if later else ""
    status, summary = str(data.get("status", "")), f"{stopped}{after}{data.get('summary', '')}"
    return [status, tables.age(age), summary]


def _register(listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {"schema_version": "0.1", "products": listed}


def _answer(json: bool, listed: list[dict[str, Any]], text: str) -> None:  # noqa: FBT001 - the option, handed on
    if json:
        _print_document(_register(listed))
    else:
        print(for_terminal(text))


def _print_document(document: dict[str, Any]) -> None:
    sys.stdout.write(documents.dumps(document).decode())
