"""`recorded`: a function whose every call is a run of its own.

    @recorded("P2-Backfill", "0.1.0", ["NEON_DSN"])
    def backfill(pair: str) -> None:
        current_run().add_input(type="oanda", ref=pair)

A call is a ``with RunWriter(…)`` around the function: what it returns and raises is its own.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, TypeVar, cast

from runpact_core.errors import UsageFailure
from runpact_writer._recorder import RunWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["recorded"]

_F = TypeVar("_F", bound="Callable[..., Any]")


def recorded(
    pipeline_id: str, pipeline_version: str, required_env: Sequence[str] = (), **options: Any
) -> Callable[[_F], _F]:
    """Record every call of a function, plain or ``async``, as a run.

    Args:
        pipeline_id: As of `RunWriter`.
        pipeline_version: As of `RunWriter`.
        required_env: As of `RunWriter`; where one is not set the call raises `RequiredEnvMissing` before the body.
        **options: The options of `RunWriter`.

    Raises:
        InvalidPipelineId: The pipeline's id has other characters than letters, digits and hyphens.
        UsageFailure: A word that no contract has, or a function that yields.
    """
    RunWriter(pipeline_id, pipeline_version, required_env, **options)  # a wrong word is told where it is written

    def decorate(function: _F) -> _F:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            what = f"{function.__name__} yields, so it does not end with its call"
            raise UsageFailure(what, hint="use with RunWriter(...) inside it")

        def writer() -> RunWriter:
            return RunWriter(pipeline_id, pipeline_version, required_env, **options)

        wrapped = _async(function, writer) if inspect.iscoroutinefunction(function) else _plain(function, writer)
        return cast("_F", functools.wraps(function)(wrapped))

    return decorate


def _plain(function: Callable[..., Any], writer: Callable[[], RunWriter]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with writer():
            return function(*args, **kwargs)

    return call


def _async(function: Callable[..., Any], writer: Callable[[], RunWriter]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with writer():
            return await function(*args, **kwargs)

    return call
