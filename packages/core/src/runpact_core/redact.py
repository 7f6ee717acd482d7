"""Text of others, made safe for where it is shown.

What a run recorded may hold anything: escape sequences that rewrite a terminal, characters that turn the direction of
text. `for_terminal` shows them as what they are.
"""

from __future__ import annotations

import re

__all__ = ["for_terminal"]

# C0 and C1 controls, DEL, line and paragraph separators, marks that turn the direction of text or hide, lone
# surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def for_terminal(text: str) -> str:
    r"""One line that a terminal shows as it is: whatever would act is written as ``\x1b`` or ``\u202e``."""
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
