r"""A draft: files to make and lines to put into others, all decided before the first is written.

A draft is held against the tree while it is made, so that a name that is taken, or a file that has no place for a
line any more, is found out while nothing has been touched. `undo` gives back what `write` found.

    draft = Draft(root)
    draft.make("notes/new.txt", "text\n")
    draft.change("notes/list.txt", "# end\n", "new.txt\n# end\n")
    draft.write()
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from runpact_core.errors import RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Draft", "OutOfStep", "rendered"]

TEMPLATES = Path(__file__).resolve().parent / "templates"


class OutOfStep(RunpactError):
    """A file does not have the one place that a line has to go to; the file and this script drifted apart."""

    code = "out-of-step"

    def __init__(self, path: str, place: str) -> None:
        shown = place.strip().partition("\n")[0]
        super().__init__(f"{path} has no single place for a new line: {shown}", hint="correct scripts/new_*.py")
        self.path = path
        self.place = place


class Draft:
    """What a tree is to become; paths are relative to its ``root``, with ``/``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made: dict[str, str] = {}
        self.changed: dict[str, str] = {}
        self._before: dict[str, bytes] = {}

    def make(self, path: str, text: str) -> None:
        """Make a file.

        Raises:
            UsageFailure: There is something of that name.
        """
        if (self.root / path).exists():
            raise UsageFailure(f"{path} exists", hint="choose another name")
        self.made[path] = text

    def text(self, path: str) -> str:
        """A file as it is to become, or is."""
        known = self.changed.get(path) or self.made.get(path)
        return (self.root / path).read_bytes().decode("utf-8") if known is None else known

    def change(self, path: str, old: str, new: str) -> None:
        """Write ``new`` for ``old``, which must stand in the file exactly once.

        Raises:
            OutOfStep: It does not.
        """
        text = self.text(path)
        if text.count(old) != 1:
            raise OutOfStep(path, old)
        self.changed[path] = text.replace(old, new)

    def append(self, path: str, text: str) -> None:
        """Put text at the end of a file."""
        self.changed[path] = self.text(path) + text

    def write(self) -> None:
        """Make and change the files."""
        for path, text in (self.made | self.changed).items():
            target = self.root / path
            if path in self.changed:
                self._before[path] = target.read_bytes()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("utf-8"))

    def undo(self) -> None:
        """Give back what `write` found, and remove the folders that it made, as far as they are empty."""
        for path, data in self._before.items():
            (self.root / path).write_bytes(data)
        for path in self.made:
            target = self.root / path
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()


def rendered(template: str, values: Mapping[str, object]) -> str:
    """A template below ``scripts/templates`` with its values filled in; one that lacks a value is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - the texts are Python, TOML and YAML
    )
    return environment.get_template(template).render(values)
