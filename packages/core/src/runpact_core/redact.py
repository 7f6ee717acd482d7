"""Text of others, made safe for where it is shown, and secrets, taken out before anything is stored.

What a run recorded may hold anything: escape sequences that rewrite a terminal, characters that turn the direction of
text, Markdown that breaks out of its cell, lines that a CI system obeys. The functions here give one line each, show
such things as what they are, and lose nothing else. `Masker` replaces registered secrets, in streams and in texts;
`sanitize` what looks like a secret that nobody registered.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    import re

    from runpact_core._masker import Masker
    from runpact_core._sanitize import Sanitized

__all__ = [
    "Masker",
    "Sanitized",
    "for_ci",
    "for_ci_json",
    "for_ci_message",
    "for_ci_value",
    "for_markdown",
    "for_terminal",
    "sanitize",
]

# `re` is loaded, and compiles these, when one is first used: a wrapped command waits for this import.
# C0 and C1 controls, DEL, line and paragraph separators, marks that turn the direction of text or hide, tags of text,
# lone surrogates.
_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)

# What acts inside a paragraph or a cell; what begins a block at its start; the dot of a link without a scheme.
_MARKDOWN = r"[\\`*_\[\]<>|~$&]|:(?=//)|(?<=[wW]{3})\.|^[-+=]|(?<=^[0-9])[.)]"
_NUMBERED = r"^([0-9]{2,9})([.)])"
_REFERENCE = r"[@#]|:(?=[A-Za-z+-])"  # of people, of issues, of pictures
_EDGE = r"^\s+|\s+$"

# Commands of CI systems: at the start of a line; `##[group]`, `##vso[...]`, `##teamcity[...]` anywhere in it.
_CI_START = r"^(\s*)(:(?=:)|-(?=--)|\+(?=\+\+)|~(?=~~)|\^(?=\^\^))"
_CI_ANYWHERE = r"#(?=#+[A-Za-z]*\[)"
_CI_SIGNS = (":", "-", "+", "~", "^")
_CI_VALUE = r"[%\r\n:,]"


def __getattr__(name: str) -> object:
    """Load the masker when it is asked for: most runs have no secrets."""
    if name == "Masker":
        from runpact_core._masker import Masker

        return Masker
    if name == "Sanitized":
        from runpact_core._sanitize import Sanitized

        return Sanitized
    raise AttributeError(name)


def sanitize(text: str) -> Sanitized:
    """Take out what looks like a secret, registered or not: best effort, in linear time. Twice is the same as once.

    Known are tokens by their beginnings, credentials in URLs and in headers, private keys, JSON web tokens, webhooks,
    values given to names such as ``password``, ``token`` and ``api_key``, and e-mail addresses. Each becomes ``***``,
    whatever its length; names, hosts and headers around it stay.

    Returns:
        The text, and how many were taken out, by kind. What has no known shape stays: register it with a `Masker`.
    """
    from runpact_core import _sanitize

    return _sanitize.sanitize(text)


def for_terminal(text: str) -> str:
    r"""One line that a terminal shows as it is: whatever would act is written as ``\x1b`` or ``\u202e``."""
    if text.isprintable():  # none of the characters that are not safe is
        return text
    import re

    return re.sub(_UNSAFE, _escaped, text)


def for_markdown(text: str) -> str:
    """One line that shows as this text in a cell of a table, a paragraph or an item of a list.

    Controls are shown as `for_terminal` does. No markup, link, HTML, mention, reference or emoji code acts; an empty
    comment stands after characters that sites look at after rendering, where a backslash is gone.
    """
    import re

    plain = re.sub(_NUMBERED, r"\1\\\2", re.sub(_MARKDOWN, r"\\\g<0>", for_terminal(text)))
    apart = re.sub(_REFERENCE, r"\g<0><!-- -->", plain)
    return re.sub(_EDGE, lambda spaces: "".join(f"&#{ord(space)};" for space in spaces[0]), apart)


def for_ci(text: str) -> str:
    r"""One line that no CI system takes as a command when it stands on a line of its own in a job's log.

    Controls are shown as `for_terminal` does; the first character of a command is written as ``\x3a``. Known are the
    commands of GitHub (both forms), Azure Pipelines, TeamCity, Buildkite (headings); GitLab's need a control.
    """
    shown = for_terminal(text)
    if "##" not in shown and shown.lstrip()[:1] not in _CI_SIGNS:
        return shown
    import re

    return re.sub(_CI_ANYWHERE, _escaped, re.sub(_CI_START, _escaped_start, shown))


def for_ci_json(text: str) -> str:
    r"""JSON that says the same, with ``\u0023`` for the first character of a command such as ``##[group]``.

    Outside its texts JSON has no such character, and in them none stands behind a lone backslash. No line of JSON
    begins with a command.
    """
    if "##" not in text:
        return text
    import re

    return re.sub(_CI_ANYWHERE, r"\\u0023", text)


def for_ci_value(text: str) -> str:
    """A property of a GitHub command: ``f"::notice title={for_ci_value(title)}::{for_ci_message(text)}"``.

    GitHub turns the escapes back, so what is shown is the text, with controls as `for_terminal` shows them.
    """
    import re

    return re.sub(_CI_VALUE, lambda match: f"%{ord(match[0]):02X}", for_terminal(text))


def for_ci_message(text: str) -> str:
    """The message of a GitHub command, in which colons and commas need no escape, and none would be turned back."""
    return for_terminal(text).replace("%", "%25")


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is no UTF-8, as `os.fsdecode` gives it
        code -= 0xDC00
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escaped_start(match: re.Match[str]) -> str:
    return f"{match[1]}\\x{ord(match[2]):02x}"
