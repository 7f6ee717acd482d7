"""The short form ``runpact-gc --keep N``: the newest N runs of each reported product stay, the rest goes to the trash.

It counts in ``dash/runs`` alone and takes N in place of what is configured there; every protection holds. As the
contract of run artifacts documents it, it applies without asking, and says how to get back what it moved.
"""

from __future__ import annotations

import os
import time
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core.errors import EnvironmentFailed, RunpactError, UsageFailure
from runpact_gc._options import DashDir, Project, given_places
from runpact_gc._settings import Rule
from runpact_gc._version import __version__

if TYPE_CHECKING:
    from collections.abc import Collection

    from runpact_gc._model import Plan
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

__all__ = ["mount", "short_settings"]

_HELP = """List, keep, trash and compact artifacts.

Without a command, --keep N is the short form: the newest N runs of each product in dash/runs stay, the others go into
the trash at once.
"""


def mount(app: typer.Typer) -> None:
    """Give the console script its short form."""
    app.callback(invoke_without_command=True, help=_HELP)(_root)


def _root(  # noqa: PLR0913 - the words of the short form
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="N", help="Short form: how many runs of each product stay.")
    ] = None,
    product: Annotated[
        str | None, typer.Option("--product", metavar="PRODUCT", help="Short form: this product alone.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Short form: show the plan, move nothing.")] = False,
    project: Project = ".",
    dash_dir: DashDir = None,
) -> int | None:
    if version:
        print(f"runpact-gc {__version__}")
        raise typer.Exit
    short = keep is not None or product is not None or dry_run or project != "." or dash_dir is not None
    if context.invoked_subcommand is not None:
        if short:
            word = context.invoked_subcommand
            raise UsageFailure(
                "the options before the command are those of the short form", hint=f"see runpact-gc {word} --help"
            )
        return None
    if keep is None:
        raise UsageFailure("--keep is missing", hint="say how many runs of each product stay: runpact-gc --keep 10")
    if keep < 1:
        raise UsageFailure(f"--keep {keep} keeps no run", hint="say 1 or more")
    return _clean(keep, product, project, dash_dir, dry_run=dry_run)


def _clean(keep: int, product: str | None, project: str, dash_dir: str | None, *, dry_run: bool) -> int:
    """Plan, show, and unless this is a dry run apply."""
    where = given_places(project, dash=dash_dir)
    families = _families(product, where)
    if not families:
        print("there are no runs of it" if product else "there are no runs in dash/runs")
        return 0
    from runpact_gc import _cli_gc, _config, _pins, _plan, _scan, _summary, _trash
    from runpact_gc._progress import progress

    loaded = _config.load(where, given_explicitly=False)
    where, settings = loaded.places, short_settings(loaded.settings, families, keep)

    def replan() -> Plan:
        now = int(time.time())
        with progress("scanning", "runs") as told:
            found = _scan.scan(where, settings, now=now, save=not dry_run, progress=told)
        slots = _trash.slots(where, settings)
        return _plan.plan(found, settings, _pins.read(where), slots, now, only="dash", families=families)

    shown = replan()
    print(_summary.text(shown, dry_run=dry_run, settings=settings), end="")
    if dry_run or _summary.is_empty(shown):
        return 0
    return _cli_gc.carry_out(where, settings, shown, replan, unseen=True)


def short_settings(settings: Settings, families: Collection[str], keep: int) -> Settings:
    """The policy of the short form: keep N for these families, with the pins that are configured; no other rule."""
    rules = {
        family: Rule(keep=keep, pin=settings.retention.get(family, settings.layouts.get("dash", Rule())).pin)
        for family in families
    }
    return settings._replace(retention=rules, layouts={}, max_total_size_mb=None)


def _families(product: str | None, where: Places) -> tuple[str, ...]:
    """The products that are cleaned: those with a folder in `dash/runs`, or the one that was named.

    Raises:
        UsageFailure: The name is none of a folder, or nobody knows it.
        EnvironmentFailed: The folder cannot be read.
    """
    there = _folders(where)
    if product is None:
        return there
    if product in {"", ".", ".."} or any(sign in product for sign in "/\\\0"):
        raise UsageFailure(
            f"--product {product or '(empty)'} is no name of a product", hint="see the folders of dash/runs"
        )
    if product in there:
        return (product,)
    known = {*there, *_registered(where)}
    if product in known:
        return ()
    near = get_close_matches(product, sorted(known), n=1)
    hint = f"did you mean {near[0]}?" if near else "see runpact fleet list"
    raise UsageFailure(f"there is no product {product}", hint=hint)


def _folders(where: Places) -> tuple[str, ...]:
    try:
        with os.scandir(where.dash / "runs") as entries:
            return tuple(sorted(each.name for each in entries if each.is_dir(follow_symlinks=False)))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise EnvironmentFailed(f"listing {where.dash / 'runs'}", error) from error


def _registered(where: Places) -> tuple[str, ...]:
    """The products of the fleet's register; none where it is absent or cannot be read, which is not ours to say."""
    from runpact_core import documents

    try:
        listed = documents.read("products", where.dash / "products.json").data["products"]
        return tuple(str(each["product_id"]) for each in listed)
    except (RunpactError, KeyError, TypeError):
        return ()
