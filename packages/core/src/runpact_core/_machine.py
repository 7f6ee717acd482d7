"""What a run is called, and the machine that it is recorded on. Public as `RUN_ID`, `Here` and `here` of `runs`.

Apart from `runs`, since a wrapped command waits for what is loaded here: neither `re` nor `typing` is.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from runpact_core._named import NamedTuple

RUN_ID = r"[0-9]{8}T[0-9]{6}Z__[A-Za-z0-9-]{1,100}__[a-f0-9]{7}"
"""The pattern of a run's id, for ASCII."""


class Here(NamedTuple):
    """The machine that is asking: its name and, where the system has one, the identifier of its boot."""

    name: str
    boot_id: str | None


def here() -> Here:
    """The machine this process runs on."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as file:  # noqa: PTH123 - Linux; absent elsewhere
            boot_id = file.read().strip().decode("ascii") or None
    except (OSError, UnicodeDecodeError):
        boot_id = None
    return Here(name=_node_name(), boot_id=boot_id)


def _node_name() -> str:
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "unknown")  # Windows
