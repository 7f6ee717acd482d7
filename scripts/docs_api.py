"""The pages of the Python interface: one for each public module, made from the names and docstrings in its source.

A module is public where no part of its name begins with an underscore, it states ``__all__``, and it is no command.
Modules are read, not imported; the generator imports them when it asks for docstrings. The models of contracts are
told in one table, since every field of theirs stands on the page of its contract.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["TITLE", "modules", "pages"]

TITLE = "Python"
_MODELS = "runpact_core.models"
_VERSION = re.compile(r"_v\d+(_\d+)?$")


def modules(root: Path) -> dict[str, Path]:
    """The public modules of every package by their dotted names, packages before what is in them."""
    found: dict[str, Path] = {}
    for path in sorted(root.glob("packages/*/src/**/*.py")):
        parts = path.relative_to(root).parts[3:]
        name = ".".join(parts).removesuffix(".py").removesuffix(".__init__")
        hidden = any(part.startswith("_") or part == "cli" for part in name.split("."))
        if not hidden and "\n__all__" in path.read_text(encoding="utf-8"):
            found[name] = path
    return dict(sorted(found.items()))


def pages(root: Path) -> dict[str, str]:
    """The text of each page by its path in the site's sources; ``api/README.md`` leads to all of them."""
    names = modules(root)
    found = {f"api/{name}.md": _page(name) for name in names}
    found[f"api/{_MODELS}.md"] = _models(names[_MODELS])
    rows = "".join(f"| [`{name}`]({name}.md) | {_summary(path)} |\n" for name, path in names.items())
    tree = "".join(f"{name}\n" for name in names)
    found["api/README.md"] = (
        f"# {TITLE}\n\nThe public modules. A name that begins with an underscore, or stands on none of these pages, "
        f"is not promised.\n\n| module | holds |\n|---|---|\n{rows}\n```{{toctree}}\n:hidden:\n\n{tree}```\n"
    )
    return found


def _summary(path: Path) -> str:
    """The first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0].replace("``", "`").replace("|", "\\|")


def _page(name: str) -> str:
    return f"# {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n   :member-order: bysource\n```\n"


def _models(path: Path) -> str:
    """The table of model classes, each with the page that has its fields."""
    text = path.read_text(encoding="utf-8")
    rows = [
        f"| `{name}` | {says} | [{contract}](../docs/contracts/{contract}.md) |\n"
        for contract, name, says in _classes(path.parent, ast.parse(text))
    ]
    return (
        f"# {_MODELS}\n\n{_summary(path)} A model is the typed view of a document that was read: "
        "`Document.model()` gives the one of its version.\n\n| class | is | fields |\n|---|---|---|\n" + "".join(rows)
    )


def _classes(folder: Path, tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Contract, class and first line of its docstring of every class that the module gives out."""
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(
            "runpact_core._generated.models."
        ):
            continue
        stem = (node.module or "").rpartition(".")[2]
        source = (folder / "_generated" / "models" / f"{stem}.py").read_text(encoding="utf-8")
        said = {
            each.name: " ".join((ast.get_docstring(each) or "").split())
            for each in ast.parse(source).body
            if isinstance(each, ast.ClassDef)
        }
        for alias in node.names:
            yield _VERSION.sub("", stem), alias.name, said.get(alias.name, "").replace("|", "\\|")
