"""Records a run: its folder, log, checks and seal, valid against the contracts whatever ends it.

from runpact_writer import RunWriter, detect_trigger
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_writer._version import __version__

if TYPE_CHECKING:
    from runpact_writer._recorder import RunWriter
    from runpact_writer._trigger import detect_trigger

__all__ = ["RunWriter", "__version__", "detect_trigger"]


def __getattr__(name: str) -> object:
    """Load the recorder when it is asked for, so that importing the package costs nothing."""
    if name == "RunWriter":
        from runpact_writer._recorder import RunWriter

        return RunWriter
    if name == "detect_trigger":
        from runpact_writer._trigger import detect_trigger

        return detect_trigger
    raise AttributeError(name)
