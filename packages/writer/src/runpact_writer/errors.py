"""What can go wrong while a run is recorded, beyond what the hub names."""

from __future__ import annotations

from runpact_core.errors import RunpactError, UsageFailure

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["InvalidPipelineId", "NotStarted", "RequiredEnvMissing", "WrongMoment"]

_SHOWN = 60


class InvalidPipelineId(UsageFailure):
    """A pipeline's id has characters that are not safe in file names everywhere, or is empty or too long."""

    code = "invalid-pipeline-id"

    def __init__(self, pipeline_id: str) -> None:
        shown = pipeline_id if len(pipeline_id) <= _SHOWN else pipeline_id[:_SHOWN] + "…"
        super().__init__(
            f"{shown!r} is no pipeline id", hint="use 1 to 100 ASCII letters, digits and hyphens (A-Z a-z 0-9 -)"
        )
        self.pipeline_id = pipeline_id


class WrongMoment(UsageFailure):
    """A run was asked for something that does not fit its state, such as a second finish."""

    code = "wrong-moment"


class RequiredEnvMissing(RunpactError):
    """Environment variables that the pipeline requires are not set; ``names`` has them. ``exec`` ends with 125."""

    code = "required-env-missing"
    exit_code = 125

    def __init__(self, names: Sequence[str]) -> None:
        what = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not set"
        super().__init__(what, hint="set what the pipeline requires")
        self.names = tuple(names)


class NotStarted(RunpactError):
    """The wrapped command could not be started; ``exit_code`` is 125, 126 or 127, as shells have it."""

    code = "not-started"

    def __init__(self, what: str, exit_code: int, *, hint: str | None = None) -> None:
        super().__init__(what, hint=hint)
        self.exit_code = exit_code  # type: ignore[misc]  # the class has the usual code, this error its own
