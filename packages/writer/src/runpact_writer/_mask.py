"""What is kept out of a run's files: the values of its required variables and of those named to be masked.

One masker serves both ways to record, from Python and around a command. Every text is masked once, as it comes in and
before it is escaped or cut. A value under 6 bytes would make holes everywhere and hide nothing, so it stays, and
`run.json` says so. Without anything to mask nothing is loaded and every byte passes as it is.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from runpact_core.redact import Masker

SHORTEST = 6
"""Bytes that a value must have to be masked."""


class Secrets:
    """The values that are masked, as they are when this is made.

    Attributes:
        masked: Names of variables whose values are masked.
        not_masked: Names of variables whose values are too short.
    """

    def __init__(self, names: Iterable[str] = (), environ: Mapping[str, str] | None = None) -> None:
        """Take the values of the variables that are set, each name once."""
        values = {name: os.fsencode(environ[name]) for name in names if environ and environ.get(name)}
        long = [name for name, value in values.items() if len(value) >= SHORTEST]
        self._values = [values[name] for name in long]
        self._whole = self.masker()  # for what comes in one piece
        short = {long[position] for position in self._whole.too_short} if self._whole else set()  # only short lines
        self.masked = [name for name in long if name not in short]
        self.not_masked = [name for name in values if name not in self.masked]

    def masker(self) -> Masker | None:
        """A masker for one stream; None where there is nothing to mask."""
        if not self._values:
            return None
        from runpact_core.redact import Masker

        return Masker(self._values)

    def mask(self, data: bytes) -> bytes:
        """Mask bytes that are whole."""
        return data if self._whole is None else self._whole.mask(data)

    def hide(self, text: str) -> str:
        """Mask a text that is whole."""
        return text if self._whole is None else self._whole.mask_text(text)

    def command(self, words: Sequence[str]) -> dict[str, list[str]]:
        """The fields of a run's documents for a command: as text, and in base64 where that is not all of it."""
        data = [self.mask(_bytes(word)) for word in words]
        said = [word.decode("utf-8", "backslashreplace") for word in data]
        if [word.encode() for word in said] == data:
            return {"command": said}
        import binascii

        return {"command": said, "command_b64": [binascii.b2a_base64(word, newline=False).decode() for word in data]}

    def facts(self) -> dict[str, Any]:
        """The fields of `run.json` that say what was masked."""
        if not (self.masked or self.not_masked):
            return {}
        return {"masking": {"masked": self.masked, "not_masked": self.not_masked}}


class Streams:
    """One masker for each stream of a command, made when its first byte comes."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._maskers: dict[int, Masker | None] = {}

    def feed(self, stream: int, data: bytes) -> bytes:
        """What may be written now; an empty piece ends the stream and gives what was held back."""
        if stream not in self._maskers:
            self._maskers[stream] = self._secrets.masker()
        masker = self._maskers[stream]
        if masker is None:
            return data
        return masker.feed(data) if data else masker.flush()


def _bytes(word: str) -> bytes:
    try:
        return os.fsencode(word)
    except UnicodeEncodeError:  # half of a pair that stands for no byte: no command line can hold it
        return word.encode("utf-8", "backslashreplace")
