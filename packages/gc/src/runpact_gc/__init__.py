"""Retention for the artifacts of runs."""

from __future__ import annotations

from runpact_gc._version import __version__

__all__ = ["__version__"]
