"""``hatch run site [--twice]``: the documentation as pages, in ``.cache/site/html``, made by Sphinx from ``docs/``.

Sources are staged (`docs_pages`, `docs_api`), made into pages with every warning as an error, and the pages are read
again (`docs_check`): a link, an anchor or a picture that is not there, or anything that a page would load from the
network, fails. ``--twice`` makes them a second time, in another folder, time zone and hash seed, and compares bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import docs_api
import docs_check
import docs_pages
from in_package import ROOT, hatch, hatch_env

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HTML", "ROOT", "STAMP", "different", "digest", "main", "prepared"]

SITE = ROOT / ".cache" / "site"
HTML = SITE / "html"
STAMP = SITE / "built"
"""Holds the digest of the sources that the pages were made of; absent unless they passed every check."""


def prepared(root: Path) -> docs_pages.Staged:
    """Everything that the generator is given: the pages of the repository, and those of the Python interface."""
    staged = docs_pages.stage(root)
    staged.pages |= docs_api.pages(root)
    staged.pages["index.md"] += f"\n```{{toctree}}\n:hidden:\n:caption: {docs_api.TITLE}\n\napi/README\n```\n"
    return staged


def digest(staged: docs_pages.Staged) -> str:
    """SHA-256, as hexadecimal digits, of the names and texts of all pages."""
    text = "".join(f"{name}\0{text}\0" for name, text in sorted(staged.pages.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def lay_out(staged: docs_pages.Staged, folder: Path) -> None:
    """Write the sources into a folder, in place of what was there: ``source`` and ``files``."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "files").mkdir(parents=True)
    for name, text in staged.pages.items():
        path = folder / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    copies = [("source", name) for name in staged.pictures] + [("files", name) for name in staged.files]
    for part, name in copies:
        path = folder / part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, path)


def make(folder: Path, more: dict[str, str]) -> int:
    """Run Sphinx over what lies in a folder; the pages get into its ``html``. Returns its exit code."""
    environment = hatch_env() | more
    environment["RUNPACT_SITE_ROOT"] = str(ROOT)
    environment["RUNPACT_SITE_FILES"] = str(folder / "files")
    environment["RUNPACT_SITE_MODULES"] = " ".join(docs_api.modules(ROOT))
    environment["SOURCE_DATE_EPOCH"] = "0"
    conf = ROOT / "scripts" / "docs_sphinx"
    words = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(conf), "-d", str(folder / "doctrees")]
    command = [*hatch(), "run", "site:python", "-m", "sphinx", *words, str(folder / "source"), str(folder / "html")]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdin=subprocess.DEVNULL)
    (folder / "html" / ".buildinfo").unlink(missing_ok=True)  # for the next build, which begins anew
    shutil.rmtree(folder / "html" / "_sources", ignore_errors=True)
    return done.returncode


def built(staged: docs_pages.Staged, folder: Path, **more: str) -> list[str]:
    """What is wrong with the pages that were made in a folder."""
    lay_out(staged, folder)
    if make(folder, more):
        return ["the pages could not be made of these sources; Sphinx says above where"]
    return docs_check.findings(folder / "html", [str(ROOT)])


def different(one: Path, other: Path) -> list[str]:
    """The files that two folders do not have alike."""
    names = {path.relative_to(top) for top in (one, other) for path in top.rglob("*") if path.is_file()}
    unlike = [name for name in names if not _same(one / name, other / name)]
    return [f"{name.as_posix()}: not the same bytes when made again" for name in sorted(unlike)]


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


def main(arguments: list[str] | None = None) -> int:
    """Make the site and say where it is; returns 1 when something is wrong with it."""
    parser = argparse.ArgumentParser(prog="./hatchw run site", description=__doc__, allow_abbrev=False)
    parser.add_argument("--twice", action="store_true", help="make it twice, and compare the bytes")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    STAMP.unlink(missing_ok=True)
    staged = prepared(ROOT)
    wrong = staged.findings or built(staged, SITE)
    if options.twice and not wrong:
        again = ROOT / ".cache" / "site-again"
        wrong = built(staged, again, TZ="Pacific/Auckland", PYTHONHASHSEED="7") or different(HTML, again / "html")
        shutil.rmtree(again)
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        return 1
    STAMP.write_text(digest(staged), encoding="utf-8")
    pages = sum(1 for _ in HTML.rglob("*.html"))
    took = time.monotonic() - started
    print(f"{(HTML / 'index.html').relative_to(ROOT).as_posix()}: {pages} pages, every link holds ({took:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
