"""The bytes of a JUnit file as events of elements: tolerant of dirt, deaf to whatever could make a parser do things.

* A document type is refused before anything of it is read; without one there are no entities but the five of XML, so
  nothing is expanded, fetched or opened.
* The declared encoding is heeded, bytes that are wrong in it become U+FFFD. Control characters that XML forbids, raw or
  as references, become their visible pictures (U+2400 and following).
* The file is read in pieces; its size, the depth of its elements and the length of a tag are bounded.
* A file that ends early, or that is no XML from some place on, is read up to there, and it is said.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

__all__ = ["Limits", "feed"]

_PIECE = 1 << 18
_LONGEST_TAG = 8 * 1024 * 1024  # older parsers read a tag from its start with each piece of it, in quadratic time
_LONGEST_REFERENCE = 16
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_WIDE = ("utf-16", "utf16", "utf_16", "utf-32", "utf32", "utf_32", "ucs", "iso-10646")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));")


class Limits(NamedTuple):
    """How much of a file of others is read.

    Attributes:
        max_bytes: The largest file.
        max_depth: The most elements inside each other.
        max_tests: The most tests.
        max_text: The most characters of a message, a trace or an output; what is more is left out, and counted there.
    """

    max_bytes: int = 256 * 1024 * 1024
    max_depth: int = 100
    max_tests: int = 1_000_000
    max_text: int = 65_536


def feed(path: str | os.PathLike[str], parser: expat.XMLParserType, limits: Limits) -> str | None:
    """Feed a file to a parser whose handlers are set.

    Returns:
        Why the file is not whole, as the end of a sentence with the line; None where it is.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: It is too large, has a document type, or an encoding that nobody knows.
        EnvironmentFailed: It could not be read.
    """
    parser.StartDoctypeDeclHandler = _refuse_doctype
    fed = 0
    try:
        for text in _pieces(path, limits.max_bytes):
            piece = text.encode("utf-8", "replace")
            fed += len(piece)
            parser.Parse(piece, False)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise InvalidArtifact(f"a tag or a comment has more than {_LONGEST_TAG} bytes")
        parser.Parse("", True)
    except expat.ExpatError as error:
        where = f"at line {error.lineno}"
        return f"ends early, {where}" if error.code in _CUT else f"is no XML {where} ({expat.ErrorString(error.code)})"
    return None


def _code(message: str) -> int:
    return expat.errors.codes[message]


_CUT = {
    _code(expat.errors.XML_ERROR_NO_ELEMENTS),
    _code(expat.errors.XML_ERROR_UNCLOSED_TOKEN),
    _code(expat.errors.XML_ERROR_PARTIAL_CHAR),
    _code(expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION),
}


def _refuse_doctype(*_: object) -> None:
    raise InvalidArtifact("it has a document type (<!DOCTYPE …>)", hint="no entity or DTD is read from test results")


def _pieces(path: str | os.PathLike[str], limit: int) -> Iterator[str]:
    """The file's text, clean, piece by piece; a reference is never split."""
    decode: Callable[[bytes, bool], str] | None = None
    held, taken, started = "", 0, False
    try:
        with open(files.open_read(path), "rb") as file:  # noqa: PTH123 - a descriptor is no path
            while raw := file.read(_PIECE):
                taken += len(raw)
                if taken > limit:
                    raise InvalidArtifact(f"it has more than {limit} bytes")
                decode = decode or codecs.getincrementaldecoder(_encoding(raw))("replace").decode
                text = held + decode(raw, False)
                text, started = (text, True) if started else (text.lstrip("\ufeff \t\r\n"), bool(text.strip()))
                cut = text.rfind("&", max(len(text) - _LONGEST_REFERENCE, 0))
                held = text[cut:] if cut >= 0 else ""
                yield _clean(text[:cut] if cut >= 0 else text)
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error
    if decode:
        yield _clean(held + decode(b"", True))


def _encoding(head: bytes) -> str:
    """The encoding of a file: its byte order mark, else how it begins, else what it declares, else UTF-8."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if head[1] == 0 else "utf-16-be"
    declared = _DECLARED.match(head[:1024].removeprefix(codecs.BOM_UTF8))
    name = declared[1].decode().lower() if declared else "utf-8"
    if name.startswith(_WIDE):  # the declaration itself could be read, so this is not what the bytes are
        return "utf-8"
    try:
        "<".encode(name)
        codecs.getincrementaldecoder(name)("replace").decode(b"<", True)
    except (LookupError, UnicodeError):
        raise InvalidArtifact(f"its encoding {name!r} is not known", hint="UTF-8 is read always") from None
    return name


def _clean(text: str) -> str:
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub(lambda match: _picture(ord(match[0])), text)
    return _REFERENCE.sub(_reference, text) if "&#" in text else text


def _reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    allowed = code in {9, 10, 13} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if allowed else _picture(code)


def _picture(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
