"""How Sphinx makes the site; ``scripts/docs_site.py`` hands it the sources and calls it with warnings as errors.

Nothing is fetched, by the build or by a page: each page carries a policy that admits the site's own files alone.
Nothing depends on the time, the machine or the folder.
"""

from __future__ import annotations

import ast
import importlib
import os
from pathlib import Path
from typing import Any

project = "Runpact"
author = "the Runpact authors"
release = version = Path(os.environ["RUNPACT_SITE_ROOT"], "VERSION").read_text(encoding="utf-8").strip()
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
needs_sphinx = "9.0"
root_doc = "index"
language = "en"
default_role = "literal"  # docstrings write `name`, as the pages do

myst_heading_anchors = 6  # every heading has the anchor that it has on a code host
myst_fence_as_directive: list[str] = []
myst_url_schemes = {
    "http": None,
    "https": None,
    "mailto": None,
    "repo": {"url": "{{path}}", "classes": []},  # a copy of a file of the repository, at the same place
}

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # attributes in a docstring are told, not listed beside properties of the same name
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100

html_theme = "furo"
html_title = f"Runpact {version}"
html_extra_path = [os.environ["RUNPACT_SITE_FILES"]]
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_last_updated_fmt = None
html_show_search_summary = False  # summaries are fetched, which a page from the disk may not do
html_domain_indices = False

POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; form-action 'self'; base-uri 'none'"
)


def code_in(lines: list[str]) -> list[str]:
    """The lines of a docstring with its examples, paragraphs that are Python, marked as code.

    Args:
        lines: A docstring without its indentation.

    Returns:
        The same lines; before each paragraph of code a directive, and the paragraph indented.
    """
    done: list[str] = []
    for paragraph in "\n".join(lines).split("\n\n"):
        if is_code(paragraph):
            indented = "\n".join(f"   {line}" for line in paragraph.strip("\n").split("\n"))
            done += [".. code-block:: python", "", *indented.split("\n"), ""]
        else:
            done += [*paragraph.split("\n"), ""]
    return done


def is_code(paragraph: str) -> bool:
    """Whether a paragraph is Python rather than prose."""
    lines = [line for line in paragraph.split("\n") if line.strip()]
    if not lines or not ("(" in paragraph or "import " in paragraph):
        return False
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    try:
        ast.parse("\n".join(line[margin:] for line in lines))
    except SyntaxError:
        return False
    return True


def _docstring(_app: Any, what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    if what == "module":
        lines[:] = code_in(lines)
    elif lines and lines[0].startswith("Alias for field number"):
        lines.clear()  # what Python says of a field of a named tuple where its author says nothing


def _resolve(_app: Any) -> None:
    """Load every name that a package gives out when it is asked for: autodoc looks at what is there."""
    for name in os.environ["RUNPACT_SITE_MODULES"].split():
        module = importlib.import_module(name)
        for each in module.__all__:
            setattr(module, each, getattr(module, each))


def _page(_app: Any, _name: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """The policy, and two things that those who work without a mouse or a screen need: a level, a focus."""
    context["metatags"] = (
        context.get("metatags", "") + f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    )
    context["body"] = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app: Any) -> None:
    """Connect the three hooks above."""
    app.connect("builder-inited", _resolve)
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("html-page-context", _page, priority=900)  # after the theme's
