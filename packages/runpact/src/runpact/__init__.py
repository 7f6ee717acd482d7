"""The umbrella: one command with the words of every installed Runpact tool."""

from __future__ import annotations

from runpact._version import __version__

__all__ = ["__version__"]
