"""Records a run: its folder, log, checks and seal, valid against the contracts whatever ends it.

from runpact_writer import RunWriter, detect_trigger, recorded
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from runpact_writer._current import current_run
    from runpact_writer._decorator import recorded
    from runpact_writer._recorded import Recorded, run_recorded
    from runpact_writer._recorder import RunWriter
    from runpact_writer._trigger import detect_trigger
    from runpact_writer._version import __version__

__all__ = ["Recorded", "RunWriter", "__version__", "current_run", "detect_trigger", "recorded", "run_recorded"]

_HOMES = {
    "Recorded": "_recorded",
    "RunWriter": "_recorder",
    "__version__": "_version",
    "current_run": "_current",
    "detect_trigger": "_trigger",
    "recorded": "_decorator",
    "run_recorded": "_recorded",
}


def __getattr__(name: str) -> object:
    """Load the recorder when it is asked for, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
