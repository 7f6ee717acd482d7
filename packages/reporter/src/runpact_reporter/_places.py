"""Where things lie below a project's dash folder, and the locks of those who change them."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from runpact_core import edge, files

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "HISTORY",
    "LAST_RUN",
    "dash_dir",
    "history_path",
    "holding",
    "last_run_path",
    "pipeline_id",
    "product_dir",
    "registry_path",
    "unreadable_path",
]

LAST_RUN = "last_run.json"
HISTORY = "report_history.jsonl"
_LOCK = ".lock"


def dash_dir(project: str, given: str | None) -> Path:
    """The dash folder: the one that was given, else the project's.

    Raises:
        UsageFailure: The project is no folder.
    """
    return Path(given) if given else Path(edge.project_dir(project), "dash")


def registry_path(dash: Path) -> Path:
    """The register of the fleet."""
    return dash / "products.json"


def product_dir(dash: Path, product_id: str) -> Path:
    """The folder of a product's reported runs."""
    return dash / "runs" / product_id


def last_run_path(dash: Path, product_id: str) -> Path:
    """The report of a product's newest run."""
    return product_dir(dash, product_id) / LAST_RUN


def history_path(dash: Path) -> Path:
    """The history of the fleet: one line for each reported run."""
    return dash / "runs" / HISTORY


def unreadable_path(path: Path) -> Path:
    """The name beside a file under which it is kept where it cannot be read: one that is free."""
    number, aside = 1, path.with_suffix(f".unreadable{path.suffix}")
    while os.path.lexists(aside):
        number += 1
        aside = path.with_suffix(f".unreadable-{number}{path.suffix}")
    return aside


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Be the only one who changes what a folder says of itself; the folder is made.

    Raises:
        Refused: Another process changes it for a long time.
        EnvironmentFailed: The folder or its lock could not be made.
    """
    files.make_dirs(folder)
    fd = files.hold(folder / _LOCK)
    try:
        yield
    finally:
        files.close(fd)


def pipeline_id(product_id: str) -> str:
    """The product as the pipeline of its runs, whose ids have fewer characters."""
    return re.sub(r"[^A-Za-z0-9-]", "-", product_id)
