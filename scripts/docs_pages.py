"""Which Markdown files become pages of the site, in which order, and where their links lead. Pure, but for reading.

The order is that of ``docs/README.md``: its sections are the sections of the site, the pages that its rows link to are
their pages. A ``README.md`` in a folder leads to the pages of that folder which it links to. Every Markdown file below
``docs/`` is a page, and so is what ``docs/README.md`` names elsewhere; a page that nothing leads to is a finding.

Pages lie in the site as in the repository, so a link between them is what it is in the source. A link to another file
of the repository leads to a copy of that file at the same place. What leads nowhere is a finding, with its line.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["CONTENTS", "HOME", "Link", "Staged", "links", "page_name", "sections", "stage"]

CONTENTS = "docs/README.md"
HOME = "README.md"
"""The first page: the site's ``index``, since that is what opens in a folder."""

_LINK = re.compile(r"\]\(([^()\s]+)\)")
_CODE = re.compile(r"^( *)(```+|~~~+)[^\n]*\n.*?^ *\2 *$|(?<!`)(`+)(?!`).*?(?<!`)\3(?!`)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_PICTURES = (".png", ".svg", ".jpg", ".gif", ".webp")


@dataclass(frozen=True)
class Link:
    """What stands between the parentheses of a link or picture: from ``start`` to ``end`` of the text, on ``line``."""

    target: str
    start: int
    end: int
    line: int


@dataclass
class Staged:
    """What the generator is given, by paths from the root of the repository.

    Attributes:
        pages: The text of each page, with its links as the site has them.
        pictures: Files that pages show.
        files: Files that pages link to, which are copied as they are.
        findings: What is wrong, one line each; no site is made of these.
    """

    pages: dict[str, str] = field(default_factory=dict)
    pictures: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)


def links(text: str) -> list[Link]:
    """The links and pictures of a Markdown text, without what stands in code."""
    # Blanks in place of code keep every position.
    plain = _CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text)
    return [
        Link(match[1], match.start(1), match.end(1), text.count("\n", 0, match.start()) + 1)
        for match in _LINK.finditer(plain)
    ]


def page_name(path: str) -> str:
    """The path of a page in the site's sources: that of the repository, but for the first page."""
    return "index.md" if path == HOME else path


def sections(contents: str) -> list[tuple[str, list[str]]]:
    """The sections of ``docs/README.md``, each with the Markdown files that it links to, in order, each once."""
    seen = {CONTENTS}
    found: list[tuple[str, list[str]]] = []
    headings = list(_HEADING.finditer(contents))
    ends = [heading.start() for heading in headings[1:]] + [len(contents)]
    for heading, end in zip(headings, ends, strict=True):
        pages = [
            path
            for link in links(contents)
            if heading.end() <= link.start < end and (path := _path(CONTENTS, link.target)).endswith(".md")
        ]
        fresh = [path for path in dict.fromkeys(pages) if path not in seen]
        seen.update(fresh)
        found.append((heading[1], fresh))
    return found


def stage(root: Path) -> Staged:
    """The pages of a repository, ready for the generator.

    Args:
        root: Folder of the repository.

    Returns:
        All pages and what they need; with findings, no site is to be made of them.
    """
    order = sections((root / CONTENTS).read_text(encoding="utf-8"))
    named = [path for _, paths in order for path in paths]
    below = sorted(path.relative_to(root).as_posix() for path in (root / "docs").rglob("*.md"))
    known = [path for path in dict.fromkeys([HOME, CONTENTS, *named, *below]) if (root / path).is_file()]
    texts = {path: (root / path).read_text(encoding="utf-8") for path in known}
    staged = Staged()
    for path, text in texts.items():
        staged.pages[page_name(path)] = _relinked(root, path, text, set(known), staged)
    children = {path: _children(path, text, known) for path, text in texts.items()}
    reached = {HOME, CONTENTS, *named, *(child for found in children.values() for child in found)}
    staged.findings += [
        f"{path}: nothing leads to this page — {_advice(path)}" for path in known if path not in reached
    ]
    for path, found in children.items():
        if found:
            staged.pages[path] += _tree("", found)
    staged.pages["index.md"] += "".join([_tree("", [CONTENTS]), *(_tree(title, paths) for title, paths in order)])
    return staged


def _path(page: str, target: str) -> str:
    """Where a relative link of a page leads, as a path from the root; its fragment is left off."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), target.partition("#")[0]))


def _relinked(root: Path, page: str, text: str, pages: set[str], staged: Staged) -> str:
    """The text of a page with the links of the site; adds findings and the files that the links need."""
    parts: list[str] = []
    done = 0
    for link in links(text):
        if not _ELSEWHERE.match(link.target):
            target = _resolved(root, page, link, pages, staged)
            parts += [text[done : link.start], target]
            done = link.end
    return "".join(parts) + text[done:]


def _resolved(root: Path, page: str, link: Link, pages: set[str], staged: Staged) -> str:
    """What a relative link is in the site."""
    path = _path(page, link.target)
    fragment = link.target[len(link.target.partition("#")[0]) :]
    if path.startswith(".."):
        staged.findings.append(f"{page}:{link.line}: {link.target} leads out of the repository")
        return link.target
    if (root / path).is_dir():
        path = posixpath.normpath(f"{path}/README.md")
    here = posixpath.relpath(page_name(path), posixpath.dirname(page) or ".")
    if path in pages:
        return here + fragment
    if not (root / path).is_file():
        staged.findings.append(f"{page}:{link.line}: {link.target} leads nowhere")
        return link.target
    if path.endswith(_PICTURES):
        staged.pictures.add(path)
        return here
    staged.files.add(path)
    return f"repo:{here}{fragment}"


def _children(page: str, text: str, pages: list[str]) -> list[str]:
    """The pages of its own folder that the README of a folder links to."""
    folder = posixpath.dirname(page)
    if page in {HOME, CONTENTS} or posixpath.basename(page) != "README.md":
        return []
    return [
        path for path in dict.fromkeys(_targets(page, text)) if path in pages and path != page and _in(folder, path)
    ]


def _targets(page: str, text: str) -> Iterator[str]:
    return (_path(page, link.target) for link in links(text) if not _ELSEWHERE.match(link.target))


def _in(folder: str, path: str) -> bool:
    return posixpath.dirname(path) == folder


def _advice(path: str) -> str:
    """Where a page that nothing leads to has to be named."""
    folder = posixpath.dirname(path)
    return f"name it in {CONTENTS if folder == 'docs' else f'{folder}/README.md'}"


def _tree(title: str, paths: list[str]) -> str:
    """A part of the site's order, which is not shown on the page itself."""
    caption = f":caption: {title}\n" if title else ""
    entries = "".join(f"/{page_name(path).removesuffix('.md')}\n" for path in paths)
    return f"\n```{{toctree}}\n:hidden:\n{caption}\n{entries}```\n"
