"""The dashboard of the fleet: a site of plain files, made from what lies on disk and from nothing else.

`build_site` writes it whole; `render_page` gives one page of it on request. Both show the same bytes for the same
files and the same clock.
"""

from __future__ import annotations

from runpact_reporter._dash._model import Project
from runpact_reporter._dash._site import Built, build_site, projects_of, render_page

__all__ = ["Built", "Project", "build_site", "projects_of", "render_page"]
