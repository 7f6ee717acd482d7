"""Reads ``config/artifacts.yaml``: what it says, or one error with file and line. Nothing is taken by guesswork.

A file that is not there says nothing, unless somebody named it. The one fault of published files is mended while they
are read, with a warning: see `_repair`. Everything else that is wrong is a `ConfigurationError`.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, edge, files
from runpact_core.errors import (
    ConfigurationError,
    InvalidArtifact,
    MissingArtifact,
    Problem,
    UsageFailure,
)
from runpact_gc import _checks, _effective, _repair

if TYPE_CHECKING:
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

__all__ = ["Configuration", "Loaded", "fix", "load", "read"]

CONTRACT = "artifacts_config"


class Configuration(NamedTuple):
    """A configuration that holds.

    Attributes:
        name: What it is called: its path, from the project where it lies in there.
        data: What it says; None where there is no file.
        text: Its bytes, mended.
        mended: Line and key of each place where a space was missing.
    """

    name: str
    data: dict[str, Any] | None
    text: bytes
    mended: tuple[tuple[int, str], ...]


class Loaded(NamedTuple):
    """What holds.

    Attributes:
        settings: What the configuration says, and the defaults for the rest.
        places: The places given, with trash, manifest and backup where the configuration wants them.
        warnings: What was said on stderr, without the word.
    """

    settings: Settings
    places: Places
    warnings: tuple[str, ...]


def load(places: Places, given_explicitly: bool = False) -> Loaded:  # noqa: FBT001, FBT002 - as every command calls it
    """What holds for a project; what was mended is said on stderr.

    Args:
        places: Where things lie; ``places.config`` is read.
        given_explicitly: Whether somebody named the file: then it must be there.

    Raises:
        ConfigurationError: It does not hold; with file, line, and the key that was meant.
        UsageFailure: Somebody named it, and it is not there.
        EnvironmentFailed: It could not be read.
    """
    found = read(places, given_explicitly=given_explicitly)
    warnings = tuple(warning(found.name, *each) for each in found.mended)
    for each in warnings:
        edge.say(f"warning: {each}")
    data = found.data or {}
    return Loaded(_effective.settings(data), _effective.located(places, data), warnings)


def read(places: Places, *, given_explicitly: bool = False) -> Configuration:
    """What the file says, mended and checked; the errors of `load`."""
    name = _name(places)
    try:
        raw = files.read_bytes(places.config, limit=_repair.MAX_BYTES)
    except MissingArtifact:
        if given_explicitly:
            raise UsageFailure(f"--config {name} does not exist", hint="leave it out to go by the defaults") from None
        return Configuration(name, None, b"", ())
    except InvalidArtifact as error:
        raise ConfigurationError(f"{name}: {error.reason}", hint=error.hint) from error
    if _says_nothing(raw):
        return Configuration(name, {}, raw, ())
    text, mended = _repair.repair(raw)
    document = documents.read(CONTRACT, text, limit=_repair.MAX_BYTES, name=name)
    faults = _checks.faults(document.data, places)
    problems = tuple(Problem(at, rule, what, document.line_of(at)) for at, rule, what in faults)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        cause = InvalidArtifact(str(problems[0]), path=name, problems=problems)
        raise ConfigurationError(f"{name}: {problems[0]}{more}") from cause
    return Configuration(name, document.data, text, mended)


def _says_nothing(raw: bytes) -> bool:
    """Whether a file is empty, or all of it is comments."""
    lines = (line.strip() for line in raw.removeprefix(b"\xef\xbb\xbf").splitlines())
    return all(not line or line.startswith(b"#") for line in lines)


def warning(name: str, line: int, key: str) -> str:
    """What is said of a place that was mended."""
    what = f"{name}:{line}: a space is missing after {key}:, so no YAML reader takes it for a key"
    return f"{what}; it was read as meant — runpact artifacts config check --fix writes it"


def fix(places: Places, found: Configuration) -> None:
    """Write the mended text in place of the file, durably; every other byte, and its permissions, stay.

    Raises:
        Refused: The file is a link.
        EnvironmentFailed: It could not be written; it is as it was.
    """
    mode = stat.S_IMODE(places.config.stat().st_mode)
    files.replace(places.config, found.text, mode=mode)


def _name(places: Places) -> str:
    inside = places.config.is_relative_to(places.project)
    return (places.config.relative_to(places.project) if inside else places.config).as_posix()
