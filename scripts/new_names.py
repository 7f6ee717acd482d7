"""What a new contract or package may be called. A name becomes part of files, modules, classes and commands.

Refused is what would be another spelling in one of them, hide something of Python's, or be no file on one of the
platforms. Whether a name is taken is for those to say who make the files.
"""

from __future__ import annotations

import keyword
import re
import sys

from runpact_core.errors import UsageFailure

__all__ = ["class_name", "judge", "judge_line", "judge_place"]

LONGEST = {"contract": 40, "package": 24}
"""Characters; beyond them lines of the files that are made get longer than a line may be."""

SPELLINGS = {
    "contract": ("snake_case", "_", re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)),
    "package": ("kebab-case", "-", re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)),
}
DEVICES = {"aux", "con", "nul", "prn", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
"""Names that are no files on Windows, whatever follows the first dot."""

OURS = {
    "contract": {
        "common": "contracts/common.v1.yaml has what contracts share",
        "readme": "its page would be docs/contracts/README.md where case does not count",
    },
    "package": {"all": "runpact[all] is every tool", "test": "tests/test would be collected as a test"},
}
LINE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9 ,;()/'<>_.-]*[A-Za-z0-9)>]", re.ASCII)


def judge(kind: str, name: str) -> None:
    """Refuse what cannot be the name of a new ``contract`` or ``package``.

    Raises:
        UsageFailure: With the reason, and what to write instead where that is known.
    """
    spelling, mark, pattern = SPELLINGS[kind]
    if not pattern.fullmatch(name):
        respelt = re.sub(r"[^a-z0-9]+", mark, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", mark, name).lower()).strip(mark)
        hint = f"did you mean {respelt}?" if pattern.fullmatch(respelt) else f"such as build{mark}note"
        raise UsageFailure(f"{name!a} is not {spelling}: lower-case words joined by {mark}", hint=hint)
    word = name.replace("-", "_")
    if len(name) > LONGEST[kind]:
        raise UsageFailure(f"{name} is longer than {LONGEST[kind]} characters", hint="choose a shorter name")
    if keyword.iskeyword(word) or keyword.issoftkeyword(word):
        raise UsageFailure(f"{name} is a keyword of Python", hint=f"say which one it is: build{mark}{name}, not {name}")
    if word in sys.stdlib_module_names:
        hint = f"say which one it is: run{mark}{name}, not {name}"
        raise UsageFailure(f"{name} is a module of the standard library, which it would hide", hint=hint)
    if word in DEVICES:
        raise UsageFailure(f"{name} is a device on Windows, and can be no file there", hint="choose another name")
    if word in OURS[kind]:
        raise UsageFailure(f"{name} is taken: {OURS[kind][word]}", hint="choose another name")


def judge_line(option: str, text: str) -> None:
    """Refuse a text that would need quotes or escapes in one of the files that it gets into.

    Raises:
        UsageFailure: It has other characters, is too long, or ends with a mark.
    """
    if len(text) > 80 or not LINE.fullmatch(text):
        hint = "write 2 to 80 letters, digits, spaces and , ; ( ) / ' < > _ . - on one line, without a mark at the end"
        raise UsageFailure(f"{option} cannot be {text!a}", hint=hint)


def judge_place(option: str, text: str) -> None:
    """Refuse a text that cannot be a place below the project, or words about one.

    Raises:
        UsageFailure: It is no `judge_line`, or has a part between ``/`` that is empty, ``.`` or ``..``.
    """
    judge_line(option, text)
    if {"", ".", ".."}.intersection(part.strip() for part in text.split("/")):
        hint = "write the path from the project's folder on, such as reports/note.json"
        raise UsageFailure(f"{option} cannot be {text!a}: it leads out of the project or nowhere", hint=hint)


def class_name(name: str) -> str:
    """The name of the class for a contract: ``run_list`` is ``RunList``."""
    return "".join(part.capitalize() for part in name.split("_"))
