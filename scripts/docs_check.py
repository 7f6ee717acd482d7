"""Reads the made pages again: links and anchors that lead somewhere, nothing that a page would load from elsewhere.

A link to another site is a link; a picture, script, style, font or frame from another site is a finding, and so is any
file that holds the name of a folder of this machine.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Page", "findings", "read_page"]

_LOADS = {"src", "srcset", "poster", "data", "background", "formaction", "action", "manifest"}
_IN_STYLE = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
_IN_SCRIPT = re.compile(r"['\"`]((?:https?:|wss?:)?//(?!www\.w3\.org/)[\w.-]+[^'\"`\s]*)")  # there, names of markup


@dataclass
class Page:
    """What one page has: anchors that others may name, links that are followed, addresses that are loaded."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects a page; the contents of ``style`` and ``script`` are looked through for addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        given = {name: value or "" for name, value in attrs}
        self.page.anchors.update(given[name] for name in ("id", "name") if name in given)
        for name, value in given.items():
            if name == "href":
                (self.page.links if tag in {"a", "area"} else self.page.loads).append(value)
            elif name == "xlink:href" or name in _LOADS:
                self.page.loads += [part.split()[0] for part in value.split(",") if part.strip()]
            elif name == "style":
                self.page.loads += _addresses(_IN_STYLE, value)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser calls it so
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.page.loads += _addresses(_IN_STYLE, data)
        elif self._inside == "script":
            self.page.loads += _addresses(_IN_SCRIPT, data)


def read_page(text: str) -> Page:
    """The anchors, links and loads of a page."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page


def findings(folder: Path, private: list[str]) -> list[str]:
    """What is wrong with a made site, one line each, sorted.

    Args:
        folder: The site.
        private: Texts that may stand in no file, such as the folder that it was made in.
    """
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    pages = {name: read_page((folder / name).read_text(encoding="utf-8")) for name in names if name.endswith(".html")}
    found = [line for name, page in pages.items() for line in _of_page(name, page, pages, names)]
    for name in names:
        content = (folder / name).read_bytes()
        found += [f"{name}: holds {text!r}, which is of this machine" for text in private if text.encode() in content]
        if name.endswith((".css", ".js")):
            pattern = _IN_STYLE if name.endswith(".css") else _IN_SCRIPT
            loads = _addresses(pattern, content.decode("utf-8", errors="replace"))
            found += [line for load in loads for line in _of_load(name, load, names)]
    return sorted(set(found))


def _addresses(pattern: re.Pattern[str], text: str) -> list[str]:
    return [next(group for group in match.groups() if group) for match in pattern.finditer(text)]


def _of_page(name: str, page: Page, pages: dict[str, Page], names: set[str]) -> Iterator[str]:
    """What is wrong with the links and loads of one page."""
    for load in page.loads:
        yield from _of_load(name, load, names)
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = _target(name, parts.path)
        if target not in names:
            yield f"{name}: the link {link} leads nowhere"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"{name}: the link {link} names an anchor that {target} does not have"


def _of_load(name: str, load: str, names: set[str]) -> Iterator[str]:
    """What is wrong with one address that a page, a style or a script loads."""
    parts = urlsplit(load)
    if parts.scheme == "data" or load.startswith("#"):
        return
    if parts.scheme or parts.netloc:
        yield f"{name}: loads {load}, which is not of the site"
    elif _target(name, parts.path) not in names:
        yield f"{name}: loads {load}, which is not there"


def _target(name: str, path: str) -> str:
    """The file of the site that a relative address in another one names."""
    if not path:
        return name
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path)))
