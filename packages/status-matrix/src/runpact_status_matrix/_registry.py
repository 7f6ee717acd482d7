"""The registry of runners, `runner_certification_registry`: read strictly, and what its schema cannot say of it.

What comes out can be worked with: ids are unique, also where case does not count; an address is one that may be asked;
a file name is no path; what runners write goes to different files. Paths of the registry are the project's, with or
without a leading slash.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from runpact_core import documents, files
from runpact_core.errors import ConfigurationError, InvalidArtifact, MissingArtifact, UsageFailure
from runpact_status_matrix._model import Runner, Source
from runpact_status_matrix.errors import UnknownRunner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runpact_core.documents import Document

    StrPath = str | os.PathLike[str]

__all__ = ["DEFAULT_ASSET", "Registry", "inside", "load", "outputs"]

DEFAULT_ASSET = "runner-status-report-v1.json"
"""File name of a report where the registry names none."""

_CONTRACT = "runner_certification_registry"
_OUTPUTS = {
    "json_out": "/.artifacts/runner-certification-{runner}.json",
    "md_out": "/.artifacts/runner-certification-{runner}.md",
}
_ROLES = {"required": "required", "compatibility": "compatibility_non_blocking"}
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_ADDRESS = {"release_asset": "release_api_url", "file": "file_url", "folder": "folder"}


class Registry(NamedTuple):
    """A registry that was read and holds together.

    Attributes:
        runners: The runners, in the order of the file.
        document: The registry as it was read, in the version that it states.
        path: The file, as it was given.
        sha256: Digest of its bytes, in hex.
    """

    runners: tuple[Runner, ...]
    document: Document
    path: str
    sha256: str

    def entry(self, runner_id: str) -> dict[str, Any]:
        """The entry of a runner as the file has it.

        Raises:
            UnknownRunner: There is none; the hint names the nearest.
        """
        listed: list[dict[str, Any]] = self.document.data["runners"]
        for entry in listed:
            if entry["runner_id"] == runner_id:
                return entry
        known = [entry["runner_id"] for entry in listed]
        raise UnknownRunner(runner_id, difflib.get_close_matches(runner_id, known, n=1))

    def runner(self, runner_id: str) -> Runner:
        """A runner by its id; raises as `entry`."""
        self.entry(runner_id)
        (found,) = (runner for runner in self.runners if runner.runner_id == runner_id)
        return found


def load(path: StrPath, *, project: StrPath = ".") -> Registry:
    """Read a registry.

    Args:
        path: The file, in YAML or JSON.
        project: The folder that paths in it start from.

    Raises:
        UsageFailure: There is no such file.
        ConfigurationError: It is no registry, states a version that is not known, or does not hold together; the
            message has file, line (of YAML) and place, and the nearest key where one is mistyped.
        EnvironmentFailed: It could not be read.
    """
    name = os.fspath(path)
    try:
        document = documents.read(_CONTRACT, name)
    except MissingArtifact as error:
        raise UsageFailure(f"there is no registry {name}", hint="name one, with --registry") from error
    except ConfigurationError as error:
        raise _placed(error, name) from error
    except InvalidArtifact as error:  # a folder, a device, too large a file
        raise ConfigurationError(f"{name}: {error.reason}", hint=error.hint) from error
    raw = document.raw or b""
    for pointer, what, hint in _faults(document.data):
        raise ConfigurationError(f"{name}{_line(raw, pointer)}: {pointer}: {what}", hint=hint)
    root = os.fspath(project)
    runners = tuple(_runner(entry, root) for entry in document.data["runners"])
    return Registry(runners, document, name, hashlib.sha256(raw).hexdigest())


def inside(project: str, path: str) -> str:
    """A path of the registry as one to open: it starts at the project, with or without a leading slash."""
    below = os.path.normpath(path.lstrip("/"))
    return below if project in {"", "."} else os.path.join(project, below)  # noqa: PTH118 - it stays as it was given


def _placed(error: ConfigurationError, name: str) -> ConfigurationError:
    """The error with the line of what is wrong, where the file is YAML and the schema has found it."""
    cause = error.__cause__
    if not isinstance(cause, InvalidArtifact) or not cause.problems:
        return error
    first = min(cause.problems, key=lambda problem: problem.rule != "additionalProperties")
    raw = files.read_bytes(name, limit=documents.MAX_BYTES)
    return ConfigurationError(f"{name}{_line(raw, first.pointer)}: {cause.reason}", hint=error.hint)


def _line(raw: bytes, pointer: str) -> str:
    """Where in a YAML file a pointer leads, for a message; nothing of JSON."""
    if raw.lstrip()[:1] == b"{":
        return ""
    from runpact_core import _yaml

    number = _yaml.parse_yaml(raw, limit=documents.MAX_BYTES).lines.get(pointer)
    return "" if number is None else f":{number}"


def _runner(entry: Mapping[str, Any], project: str) -> Runner:
    exchange = entry.get("status_exchange")
    return Runner(
        entry["runner_id"],
        entry["entrypoints"]["implementation_repo"],
        entry["class"],
        entry["status"],
        _source(entry, project) if exchange else None,
        (exchange or {}).get("freshness_slo_hours"),
    )


def _source(entry: Mapping[str, Any], project: str) -> Source:
    exchange = entry["status_exchange"]
    kind, asset = exchange["source_kind"], exchange.get("report_asset_name", DEFAULT_ASSET)
    address = exchange[_ADDRESS[kind]]
    if kind == "folder":
        return Source(kind, inside(project, _named(address, entry)), asset)
    if kind == "file":
        return Source(kind, _named(address, entry), asset)
    return Source(kind, address, asset)


def _named(path: str, entry: Mapping[str, Any]) -> str:
    return path.replace("{runner}", entry["runner_id"])


def outputs(entry: Mapping[str, Any]) -> list[str]:
    """Where the certificate of a runner's entry goes, as JSON and as Markdown: paths for `inside`."""
    contract = entry.get("artifact_contract", _OUTPUTS)
    return [_named(contract[name], entry) for name in _OUTPUTS]


_Fault = tuple[str, str, str | None]


def _faults(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """What is wrong beyond the schema: pointer, sentence, hint."""
    seen: dict[str, str] = {}
    written: dict[str, str] = {}
    for index, entry in enumerate(data["runners"]):
        place, runner_id = f"/runners/{index}", entry["runner_id"]
        before = seen.get(runner_id.lower())
        if before is not None:
            twice = f"the runner {runner_id} is there twice"
            what = twice if before == runner_id else f"{runner_id} and {before} differ in case alone"
            yield f"{place}/runner_id", what, "give every runner an id of its own"
        seen[runner_id.lower()] = runner_id
        yield from _exchange_faults(f"{place}/status_exchange", entry)
        yield from _output_faults(f"{place}/artifact_contract", entry, written)
        yield from _check_faults(f"{place}/check_plugins", entry)


def _exchange_faults(place: str, entry: Mapping[str, Any]) -> Iterator[_Fault]:
    exchange = entry.get("status_exchange")
    if exchange is None:
        return
    kind, asset = exchange["source_kind"], exchange.get("report_asset_name", DEFAULT_ASSET)
    field = _ADDRESS[kind]
    if field not in exchange:
        yield place, f"a source of the kind {kind} needs {field}", None
        return
    wrong = {"release_asset": _web_fault, "file": _file_fault, "folder": _path_fault}[kind](exchange[field])
    if wrong:
        yield f"{place}/{field}", wrong, None
    if kind != "release_asset":
        yield from _placeholder_faults(f"{place}/{field}", exchange[field])
    if "/" in asset or "\\" in asset or asset in {".", ".."}:
        yield f"{place}/report_asset_name", f"{asset} is a path, not the name of a file", None
    role = exchange.get("matrix_role")
    if role is not None and _ROLES[role] != entry["class"]:
        what = f"the role {role} does not go with the class {entry['class']}"
        yield f"{place}/matrix_role", what, f"the class {_ROLES[role]} goes with it"


def _web_fault(url: str) -> str | None:
    """Why an address of release metadata is none that may be asked."""
    try:
        parts = urlsplit(url)
        port_is_good = parts.port != 0
    except ValueError:
        return f"{url} is no URL"
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_good:
        return f"{url} is no http or https URL"
    if parts.username is not None or parts.password is not None:
        return "a URL here has no user name and no password; a token comes from the environment"
    return f"{url} has a fragment, which is never sent" if parts.fragment else None


def _file_fault(url: str) -> str | None:
    """Why a `file:` URL is none that is read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"{url} is no URL"
    if parts.scheme != "file" or not parts.path.strip("/"):
        return f"{url} is no file: URL"
    if parts.netloc not in {"", "localhost"}:
        return f"{url} names another host"
    return f"{url} has a query or a fragment" if parts.query or parts.fragment else None


def _path_fault(path: str) -> str | None:
    """Why a path leaves the project."""
    parts = path.replace("\\", "/").split("/")
    return f"{path} leaves the project" if ".." in parts or ":" in parts[0] else None


def _placeholder_faults(place: str, path: str) -> Iterator[_Fault]:
    """What stands in braces in a path and means nothing; {runner} is all that does."""
    for found in _PLACEHOLDER.findall(path):
        if found != "{runner}":
            yield place, f"{found} stands for nothing", "{runner} stands for the runner's id"


def _output_faults(place: str, entry: Mapping[str, Any], written: dict[str, str]) -> Iterator[_Fault]:
    for name, path in zip(_OUTPUTS, outputs(entry), strict=True):
        yield from _placeholder_faults(f"{place}/{name}", path)
        if wrong := _path_fault(path):
            yield f"{place}/{name}", wrong, None
        key = inside(".", path).lower()
        other = written.setdefault(key, f"{entry['runner_id']} {name}")
        if other != f"{entry['runner_id']} {name}":
            yield f"{place}/{name}", f"{path} is where {other} goes already", "put {runner} into the path"


def _check_faults(place: str, entry: Mapping[str, Any]) -> Iterator[_Fault]:
    asked = [*entry.get("required_core_checks", []), *entry.get("required_core_cases", [])]
    made: set[str] = set()
    for index, plugin in enumerate(entry.get("check_plugins", [])):
        check = plugin["check"]
        if check not in asked:
            near = difflib.get_close_matches(check, asked, n=1)
            hint = f"did you mean {near[0]}?" if near else "name one of its required checks or cases"
            yield f"{place}/{index}/check", f"{check} is not required of this runner", hint
        if check in made:
            yield f"{place}/{index}/check", f"{check} has two plug-ins", None
        made.add(check)
