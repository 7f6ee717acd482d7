"""Recording against MLflow: the same content as parameters, metrics, tags and a text artifact of one MLflow run.

MLflow is in the environment `bench` alone (`hatch run bench:peers`); elsewhere its rows say that it is absent. It is
called as its guide shows, with one call for all parameters, all metrics, all tags; both sides look up the commit of the
project. What it does once (import, making the store and the experiment) is not timed.

SQLite makes each transaction durable as it comes. The file store never calls fsync, and MLflow only maintains it: since
3.13 it is refused unless ``MLFLOW_ALLOW_FILE_STORE`` is true. MLflow reports its own use over the network, which is
turned off here.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
from typing import TYPE_CHECKING, Any

from bench.measure import repeated, settled
from bench.recording import CHECKS, INPUT, LOG, METRICS, OUTPUT, record
from bench.row import Budget, Pair, Row, Unavailable, at_most

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["ROWS"]

_NEEDED = ("mlflow", "sqlalchemy", "alembic")
_SETTINGS = {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def _mlflow() -> Any:
    """The package, set up before it is imported."""
    absent = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if absent:
        message = f"{absent[0]} is not installed; hatch run bench:peers has it"
        raise Unavailable(message)
    os.environ.update(_SETTINGS)
    return importlib.import_module("mlflow")


def _track(mlflow: Any, experiment: str) -> str:
    """Record one run with MLflow; its id."""
    with mlflow.start_run(experiment_id=experiment, run_name="bench") as run:
        mlflow.log_params(
            {"pipeline_version": "0.1.0"}
            | {f"input.{key}": value for key, value in INPUT.items()}
            | {f"output.{key}": value for key, value in OUTPUT.items()}
        )
        mlflow.log_metrics(METRICS)
        mlflow.set_tags(
            {f"check.{name}": f"pass {evidence}" for name, evidence in CHECKS.items()}
            | {"trigger.type": "local_cli", "trigger.source": "bench", "trigger.actor": "bench"}
        )
        mlflow.log_text("".join(f"{line}\n" for line in LOG), "run.log")
    return str(run.info.run_id)


def _prepare(store: str) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        mlflow = _mlflow()
        mlflow.set_tracking_uri(f"sqlite:///{folder / 'runs.db'}" if store == "sqlite" else (folder / "store").as_uri())
        experiment = mlflow.create_experiment("bench", artifact_location=(folder / "artifacts").as_uri())
        tracked = mlflow.get_run(_track(mlflow, experiment))
        assert (tracked.info.status, tracked.data.metrics) == ("FINISHED", METRICS)
        runs_dir, numbers = str(folder / "runs"), itertools.count()
        ours = repeated(lambda: record(runs_dir, next(numbers)))
        return Pair(settled(ours), settled(repeated(lambda: _track(mlflow, experiment))))

    return prepare


def _row(store: str, peer: str, budget: Budget | None) -> Row:
    what = "a whole run, recorded within the process"
    return Row(f"record-mlflow-{store}", what, "RunWriter, start to finish", peer, budget, 40, _prepare(store))


ROWS = (
    _row("sqlite", "mlflow, SQLite store", at_most(0.2)),
    _row("files", "mlflow, file store, no fsync", None),
)
