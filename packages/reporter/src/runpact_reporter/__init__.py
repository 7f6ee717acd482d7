"""Reports, history, failure events and the dashboard of recorded runs.

from runpact_reporter import TextCapturePolicy, capture_text_artifact, iter_report_history
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_reporter._version import __version__

if TYPE_CHECKING:
    from runpact_reporter._capture import (
        ArtifactRef,
        CaptureResult,
        TextCapturePolicy,
        TextExcerpt,
        TruncationLedger,
        capture_text_artifact,
    )
    from runpact_reporter._ctrf import read_ctrf
    from runpact_reporter._events import read_events
    from runpact_reporter._failure import (
        classify_failure_kind,
        extract_error_artifacts,
        failure_event,
        render_failure_text,
        sanitize_error,
    )
    from runpact_reporter._history import HistoryProblem, HistoryWarning, iter_report_history
    from runpact_reporter._history_write import append_history, rebuild_history, write_report_history_jsonl
    from runpact_reporter._junit import read_junit

__all__ = [
    "ArtifactRef",
    "CaptureResult",
    "HistoryProblem",
    "HistoryWarning",
    "TextCapturePolicy",
    "TextExcerpt",
    "TruncationLedger",
    "__version__",
    "append_history",
    "capture_text_artifact",
    "classify_failure_kind",
    "extract_error_artifacts",
    "failure_event",
    "iter_report_history",
    "read_ctrf",
    "read_events",
    "read_junit",
    "rebuild_history",
    "render_failure_text",
    "sanitize_error",
    "write_report_history_jsonl",
]

_HOMES = {
    "ArtifactRef": "_capture",
    "CaptureResult": "_capture",
    "HistoryProblem": "_history",
    "HistoryWarning": "_history",
    "TextCapturePolicy": "_capture",
    "TextExcerpt": "_capture",
    "TruncationLedger": "_capture",
    "append_history": "_history_write",
    "capture_text_artifact": "_capture",
    "classify_failure_kind": "_failure",
    "extract_error_artifacts": "_failure",
    "failure_event": "_failure",
    "iter_report_history": "_history",
    "read_ctrf": "_ctrf",
    "read_events": "_events",
    "read_junit": "_junit",
    "rebuild_history": "_history_write",
    "render_failure_text": "_failure",
    "sanitize_error": "_failure",
    "write_report_history_jsonl": "_history_write",
}


def __getattr__(name: str) -> object:
    """Load what is asked for, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
