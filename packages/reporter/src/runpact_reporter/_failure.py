"""Failures as events: classified, with a stable fingerprint, sanitized, ready to be kept and to be shown.

    try: ...
    except OSError as error:
        documents.write("error.json", failure_event(error, run_id=run_id), contract="failure")

Invariants: every function takes an exception, a mapping of the field or a text, and raises for none of them; what it
returns is bounded; no text leaves that was not sanitized.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, cast

from runpact_core.redact import for_terminal
from runpact_reporter import _failure_rules
from runpact_reporter._capture import CaptureResult
from runpact_reporter._failure_facts import Link, links
from runpact_reporter._fingerprint import fingerprint
from runpact_reporter._sanitize import Cleaner, text_of

__all__ = [
    "classify_failure_kind",
    "extract_error_artifacts",
    "failure_event",
    "render_failure_text",
    "sanitize_error",
]

_MOST_LINES = 40
_FROM_SIGNAL = 128


def classify_failure_kind(error: object) -> str:
    """The kind of a failure: one of the words of contract ``failure``; ``unknown`` where no rule fits.

    Args:
        error: An exception, a mapping such as ``{"type": …, "message": …, "exit_code": …, "cause": {…}}``, or a text.
    """
    return _failure_rules.classify(links(error))[0]


def sanitize_error(error: object) -> dict[str, Any]:
    """The error as plain, bounded JSON without secrets; ``removed`` counts what was taken out, by kind, if anything.

    A mapping keeps its fields. An exception becomes ``type``, ``message``, ``traceback`` (file and function of each
    call) and ``causes``. None becomes an empty mapping.
    """
    cleaner = Cleaner()
    if error is None:
        return {}
    if isinstance(error, Mapping):
        clean = cast(dict[str, Any], cleaner.value(_without_exceptions(error)))
    else:
        first, *others = links(error)
        clean = _plain(first, cleaner) | (
            {"causes": [{"relation": link.relation, **_plain(link, cleaner)} for link in others]} if others else {}
        )
    return clean | ({"removed": cleaner.removed} if cleaner.removed else {})


def extract_error_artifacts(error: object) -> dict[str, Any]:
    """The artifacts that an error names, by what it calls them; empty where there are none.

    A mapping under ``artifacts`` is taken as it is; a list, by the paths in it. What errors below it name comes after,
    and never replaces.
    """
    return _named_by(links(error))


def _named_by(chain: Iterable[Link]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for link in chain:
        artifacts = link.fields.get("artifacts")
        named: Mapping[Any, Any] = {}
        if isinstance(artifacts, Mapping):
            named = artifacts
        elif isinstance(artifacts, list | tuple):
            named = {_path_of(each): each for each in artifacts}
        for name, value in named.items():
            found.setdefault(text_of(name), value)
    return found


def failure_event(  # noqa: PLR0913 - each is a field of the event
    error: object,
    *,
    exit_code: int | None = None,
    occurred_at: str | None = None,
    run_id: str | None = None,
    product_id: str | None = None,
    artifacts: Iterable[CaptureResult | Mapping[str, Any]] = (),
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A document of contract ``failure``.

    Args:
        error: An exception, a mapping of the field, or a text.
        exit_code: Exit code of the command that failed; else the one that the error states. What is none is kept in
            ``details``.
        occurred_at: When, as RFC 3339 writes it.
        run_id: The run that failed.
        product_id: The product whose run it was.
        artifacts: What shows the failure: captures, or mappings with ``artifact``.
        details: More facts, of any name.
    """
    chain = links(error)
    more = _object(details)
    if exit_code is not None:
        chain = (chain[0]._replace(fields={**chain[0].fields, "exit_code": exit_code}), *chain[1:])
        if _exit_code(chain[0]) is None:
            more = {"exit_code": exit_code, **more}
    kind, rule = _failure_rules.classify(chain)
    cleaner, captures = Cleaner(), Cleaner(shorten=False)  # an excerpt fits its ledger
    messages = [cleaner.text(link.message) for link in chain]
    event: dict[str, Any] = {
        "schema_version": "1.0",
        "kind": kind,
        "rule": rule,
        "message": messages[0],
        "fingerprint": fingerprint(kind, chain, messages),
    }
    name = next((link.types[0] for link in chain if link.types), None)
    code = next((found for link in chain if (found := _exit_code(link)) is not None), None)
    given = {
        "exception_type": name,
        "exit_code": code,
        "signal": _signal(chain, code),
        "occurred_at": None if occurred_at is None else text_of(occurred_at),
        "run_id": None if run_id is None else text_of(run_id),
        "product_id": None if product_id is None else text_of(product_id),
        "artifacts": [captures.value(_evidence(each)) for each in _each(artifacts)] or None,
        "details": cleaner.value(_details(chain, messages, more)) or None,
    }
    event |= {field: value for field, value in given.items() if value is not None}
    return event | {"removed": dict(sorted((Counter(cleaner.removed) + Counter(captures.removed)).items()))}


def render_failure_text(error: object) -> str:
    """The failure for people: its kind and message, what caused it, how the command ended, what shows it.

    Each line is safe for a terminal. A failure event renders as the error that it was made of.
    """
    cleaner, chain = Cleaner(), links(error)
    kind, _ = _failure_rules.classify(chain)
    lines = [f"{kind}: {_said(chain[0], cleaner)}"]
    lines += [f"  {link.relation} {_said(link, cleaner)}" for link in chain[1:_MOST_LINES]]
    code = next((found for link in chain if (found := _exit_code(link)) is not None), None)
    name = _signal(chain, code)
    if code is not None:
        lines.append(f"  exit code {code}{f' ({name})' if name else ''}")
    elif name:
        lines.append(f"  ended by {name}")
    artifacts = list(extract_error_artifacts(error).items())
    lines += [f"  see {cleaner.text(_named(name, value))}" for name, value in artifacts[:_MOST_LINES]]
    if cleaner.removed:
        lines.append(f"  removed: {', '.join(f'{count} {kind}' for kind, count in cleaner.removed.items())}")
    return "\n".join(for_terminal(line) for line in lines) + "\n"


def _named(name: str, value: object) -> str:
    """An artifact by its name, and by its path where that is another one."""
    return f"{name}: {value}" if isinstance(value, str) and value != name else name


def _said(link: Link, cleaner: Cleaner) -> str:
    message = " ".join(cleaner.text(link.message).split())
    name = link.types[0] if link.types else ""
    return message if not name or message.startswith(name) else f"{name}: {message}"


def _plain(link: Link, cleaner: Cleaner) -> dict[str, Any]:
    traceback = [f"{file}: {function}" for file, function in link.frames]
    given = {
        "type": link.types[0] if link.types else None,
        "message": cleaner.text(link.message),
        "traceback": cleaner.value(traceback) or None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _without_exceptions(error: Mapping[Any, Any]) -> dict[Any, Any]:
    """The mapping with exceptions in it as mappings, one level deep; deeper ones are shown as text."""
    return {name: sanitize_error(value) if isinstance(value, BaseException) else value for name, value in error.items()}


def _exit_code(link: Link) -> int | None:
    code = link.fields.get("exit_code")
    fits = isinstance(code, int) and not isinstance(code, bool) and -(2**31) <= code < 2**32
    return cast(int, code) if fits else None


def _signal(chain: Iterable[Link], code: int | None) -> str | None:
    """The name of the signal that ended a command: as stated, or as the exit code says it."""
    stated = next((link.fields["signal"] for link in chain if link.fields.get("signal")), None)
    if isinstance(stated, str) and stated.startswith("SIG") and stated[3:].isalnum() and stated.isupper():
        return stated[:20]
    number = (
        stated if isinstance(stated, int) else -code if code is not None and code < 0 else (code or 0) - _FROM_SIGNAL
    )
    if not 0 < number <= 64:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


def _object(details: object) -> dict[str, Any]:
    """Further facts as a mapping, whatever was given."""
    return dict(details) if isinstance(details, Mapping) else {} if details is None else {"details": details}


def _each(artifacts: object) -> Iterable[object]:
    """The pieces of evidence; one that stands alone is taken as the only one."""
    alone = isinstance(artifacts, str | bytes | Mapping | CaptureResult) or not isinstance(artifacts, Iterable)
    return () if artifacts is None else (artifacts,) if alone else cast(Iterable[object], artifacts)


def _path_of(evidence: object) -> str:
    """What a piece of evidence is called: its path."""
    if isinstance(evidence, Mapping):
        inner = evidence.get("artifact", evidence)
        return text_of(inner.get("path", "")) if isinstance(inner, Mapping) else text_of(inner)
    return text_of(evidence)


def _evidence(each: object) -> dict[str, Any]:
    """A piece of evidence as the contract has it; what is neither a capture nor a mapping is the path of one."""
    if isinstance(each, CaptureResult):
        plain = each.to_dict()
    elif isinstance(each, Mapping):
        plain = dict(each)
    else:
        path = text_of(os.fsdecode(each) if isinstance(each, os.PathLike) else each)
        plain = {"artifact": {"path": path, "exists": os.path.lexists(path)}}
    plain.pop("schema_version", None)
    return plain


def _details(chain: tuple[Link, ...], messages: list[str], more: Mapping[str, Any]) -> dict[str, Any]:
    causes = [
        {"relation": link.relation, "type": link.types[0] if link.types else "", "message": message}
        for link, message in zip(chain[1:], messages[1:], strict=True)
    ]
    named = _named_by(chain)
    return ({"causes": causes} if causes else {}) | ({"artifacts": named} if named else {}) | dict(more)
