"""The page of a store as one HTML file: figures, pictures, template. Nobody else knows the template."""

from __future__ import annotations

from runpact_gc._page._figures import Trashed
from runpact_gc._page._render import is_page, render

__all__ = ["Trashed", "is_page", "render"]
