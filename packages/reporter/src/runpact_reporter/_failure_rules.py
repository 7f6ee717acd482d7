"""Which kind of failure it is: a table of rules, read from above; the first rule that fits any link of the chain wins.

Invariants: the table is data, so what decides is seen in one place; the same error always gives the same kind; a rule
without a condition does not exist; what no rule fits is ``unknown``, which is an answer and not a guess. What an error
*is* (type, exit code, errno) stands before what it *says*.
"""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from runpact_reporter._failure_facts import Link

__all__ = ["KINDS", "RULES", "Rule", "classify"]

_SEARCHED = 64_000  # characters of a message, of its beginning and of its end


class Rule(NamedTuple):
    """A row of the table; of its conditions one is enough.

    Attributes:
        id: What the rule is called; never reused for something else.
        kind: The kind of failure.
        types: Names of types, of which the error's, or one above it, is one.
        statuses: Values of ``status``.
        has: A field that is there, and neither false nor empty.
        exit_codes: Exit codes.
        errnos: Error numbers of the operating system.
        http: Status codes of HTTP.
        says: What the message contains, as a pattern; letters of either case.
    """

    id: str
    kind: str
    types: Container[str] = ()
    statuses: Container[str] = ()
    has: str = ""
    exit_codes: Container[int] = ()
    errnos: Container[int] = ()
    http: Container[int] = ()
    says: str = ""


def _numbers(*names: str) -> frozenset[int]:
    """Error numbers by name; those that the platform lacks are left out."""
    return frozenset(number for name in names if (number := getattr(errno, name, None)) is not None)


_SIGNALLED = frozenset(range(-64, 0)) | frozenset(range(129, 193))

RULES: tuple[Rule, ...] = (
    Rule("status-missing-report", "missing_report", statuses={"missing_report"}),
    Rule("status-report-validation-error", "validation", statuses={"report_validation_error"}),
    Rule("status-timeout", "timeout", statuses={"timeout", "timed_out"}),
    Rule("field-timed-out", "timeout", has="timed_out"),
    Rule("exit-code-after-timeout", "timeout", exit_codes={124}),
    Rule("type-out-of-memory", "out_of_memory", types={"MemoryError", "OutOfMemoryError", "OOMKilled"}),
    Rule("errno-out-of-memory", "out_of_memory", errnos=_numbers("ENOMEM")),
    Rule(
        "says-out-of-memory",
        "out_of_memory",
        says=r"out of memory|\boom[- _]?kill|cannot allocate memory|std::bad_alloc|java heap space|OutOfMemoryError"
        r"|^\s*MemoryError\b"
        r"|memory limit exceeded|exceeded (?:its )?memory limit",
    ),
    Rule("type-quota", "quota", types={"QuotaExceeded", "QuotaExceededError", "RateLimitError", "TooManyRequests"}),
    Rule("http-quota", "quota", http={402, 429}),
    Rule("errno-quota", "quota", errnos=_numbers("EDQUOT", "ENOSPC")),
    Rule(
        "type-timeout",
        "timeout",
        types={"TimeoutError", "Timeout", "TimeoutExpired", "TimeoutException", "DeadlineExceeded"},
    ),
    Rule("http-timeout", "timeout", http={408, 504}),
    Rule("errno-timeout", "timeout", errnos=_numbers("ETIMEDOUT")),
    Rule("field-signal", "signal", has="signal"),
    Rule("exit-code-signal", "signal", exit_codes=_SIGNALLED),
    Rule("type-signal", "signal", types={"KeyboardInterrupt"}),
    Rule("type-import", "import", types={"ImportError", "ModuleNotFoundError", "NoClassDefFoundError"}),
    Rule(
        "type-assertion", "assertion", types={"AssertionError", "AssertionFailedError", "ComparisonFailure", "Failed"}
    ),
    Rule(
        "type-network",
        "network",
        types={"ConnectionError", "ConnectError", "URLError", "gaierror", "herror", "SSLError", "RemoteProtocolError"},
    ),
    Rule("http-network", "network", http={502, 503}),
    Rule(
        "errno-network",
        "network",
        errnos=_numbers("ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"),
    ),
    Rule("type-missing-report", "missing_report", types={"MissingArtifact", "NoReport", "MissingReport"}),
    Rule(
        "type-validation",
        "validation",
        types={"ValidationError", "InvalidArtifact", "SchemaError", "JSONDecodeError", "UnsupportedVersion"},
    ),
    Rule("field-validation-errors", "validation", has="validation_errors"),
    Rule("says-assert-statement", "assertion", says=r"^\s*(?:E\s+)?(?:assert\s|AssertionError\b)"),
    Rule(
        "type-unreadable-artifact",
        "unreadable_artifact",
        types={"PermissionError", "FileNotFoundError", "IsADirectoryError", "NotADirectoryError", "UnicodeDecodeError"},
    ),
    Rule("errno-unreadable-artifact", "unreadable_artifact", errnos=_numbers("EACCES", "EIO", "ELOOP", "ENOENT")),
    Rule(
        "says-quota",
        "quota",
        says=r"\bquota\b.{0,40}\b(?:exceeded|reached|exhausted|used up|full|limit)|disk quota|insufficient.quota"
        r"|\b(?:exceed(?:s|ed|ing)?|out of|used up|over (?:the|your|its))\b.{0,40}\bquota\b|\bquota_?exceeded"
        r"|rate[- _]?limit|too many requests|usage limit|hit your limit|no space left on device",
    ),
    Rule("says-timeout", "timeout", says=r"tim(?:ed|e)[- _]?out|deadline exceeded|\bexit (?:code|status) 124\b"),
    Rule(
        "says-signal",
        "signal",
        says=r"\bSIG(?:TERM|KILL|SEGV|ABRT|INT|BUS|ILL|FPE|HUP|QUIT|XCPU)\b|segmentation fault|core dumped"
        r"|(?:killed|terminated) by signal|^\s*(?:killed|terminated|aborted|segmentation fault)\s*$|KeyboardInterrupt"
        r"|\bexit(?:ed with)?(?: code| status)[ :=]{1,3}(?:129|1[3-8][0-9]|19[0-2])\b",
    ),
    Rule("says-import", "import", says=r"no module named|cannot import name|ModuleNotFoundError|cannot find module"),
    Rule(
        "says-network",
        "network",
        says=r"connection (?:refused|reset|aborted|closed)|name or service not known|name resolution|getaddrinfo"
        r"|no route to host|network is unreachable|\bE(?:CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN)\b"
        r"|certificate verify failed|bad gateway|service unavailable",
    ),
    Rule(
        "says-missing-report",
        "missing_report",
        says=r"missing[ _](?:report|artifact)|no (?:test )?report\b"
        r"|report (?:is |was )?(?:missing|not found|not written)",
    ),
    Rule(
        "says-unreadable-artifact",
        "unreadable_artifact",
        says=r"permission denied|input/output error|is a directory|unreadable|cannot be read|codec can't decode",
    ),
    Rule(
        "says-validation",
        "validation",
        says=r"validation ?error|invalid artifact|schema (?:error|violation)|not valid under|failed validation",
    ),
    Rule(
        "says-assertion",
        "assertion",
        says=r"\bassert(?:ion)?(?: ?error| failed)?\b|\bexpected\b.{1,200}\b(?:but|got)\b",
    ),
)

KINDS = frozenset(rule.kind for rule in RULES) | {"unknown"}


def classify(chain: Sequence[Link]) -> tuple[str, str]:
    """The kind of a failure, and the id of the rule that chose it; a kind that the error states itself stands."""
    stated = chain[0].fields.get("kind") if chain else None
    if isinstance(stated, str) and stated in KINDS:
        return stated, "stated-kind"
    for rule in RULES:
        if any(_fits(rule, link) for link in chain):
            return rule.kind, rule.id
    return "unknown", "no-rule"


def _fits(rule: Rule, link: Link) -> bool:
    fields = link.fields
    return (
        any(name in rule.types for name in link.types)
        or _number(fields, "exit_code") in rule.exit_codes
        or _number(fields, "errno") in rule.errnos
        or _number(fields, "http") in rule.http
        or str(fields.get("status", "")).lower() in rule.statuses
        or (rule.has != "" and bool(fields.get(rule.has)) and fields.get(rule.has) is not False)
        or (rule.says != "" and _says(rule.says, link.message))
    )


def _number(fields: Mapping[str, object], name: str) -> int:
    """A number of the fields; one that no rule has where there is none."""
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 1 << 40


def _says(pattern: str, message: str) -> bool:
    seen = message if len(message) <= 2 * _SEARCHED else f"{message[:_SEARCHED]}\n{message[-_SEARCHED:]}"
    return re.search(pattern, seen, re.IGNORECASE) is not None
