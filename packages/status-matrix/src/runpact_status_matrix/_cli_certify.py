"""``runpact certify`` on the command line, and ``runner-certify``. Parses, calls, renders, exits.

Exit codes of ``certify``: 0 the certificate says ``pass``; 1 it says ``fail``; 2 usage or registry; 3 the environment;
128 + n interrupted by signal n (130 Ctrl-C, 143 TERM), with a certificate that says ``fail``.
"""

from __future__ import annotations

import itertools
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from runpact_core import edge
from runpact_core.errors import InvalidArtifact, UsageFailure
from runpact_core.redact import for_terminal

__all__ = ["certify"]

certify = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="Certify a runner, and verify certificates.",
)

Document = Annotated[bool, typer.Option("--json", help="Print the certificate as a document.")]
Certificate = Annotated[Path, typer.Argument(metavar="FILE", help="The certificate.", show_default=False)]

_SIGNALLED = 128
_MARKS = {"holds": "holds", "broken": "BROKEN", "not_checked": "not checked"}


@certify.callback(invoke_without_command=True)
def certify_runner(  # noqa: PLR0913 - one for each option
    context: typer.Context,
    *,
    registry: Annotated[Path | None, typer.Option(metavar="FILE", help="The registry of runners.")] = None,
    runner: Annotated[str | None, typer.Option(metavar="ID", help="The runner that is certified.")] = None,
    adapter: Annotated[
        str | None, typer.Option(metavar="PATH", help="The program that takes its commands.  [default: the registry's]")
    ] = None,
    check_command: Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="Makes the checks that no plug-in makes; gets the check's id. No shell."),
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="S", min=0.001, help="End a command after that.")] = 600.0,
    commit: Annotated[
        str | None, typer.Option(metavar="SHA", help="The commit that is certified.  [default: the project's]")
    ] = None,
    now_utc: Annotated[
        str | None, typer.Option(metavar="T", help="The time that the certificate states.  [default: now]")
    ] = None,
    json: Document = False,
    project: Annotated[str, typer.Option("--project", "--root", metavar="DIR", help="The project.")] = ".",
    runs_dir: Annotated[
        str | None, typer.Option(metavar="DIR", help="The folder of runs.  [default: reports/runs]")
    ] = None,
) -> int | None:
    """Certify a runner: run its commands, make its checks, write the certificate; exit code 1 where that says fail."""
    if context.invoked_subcommand is not None:
        if registry is not None or runner is not None or json:
            word = context.invoked_subcommand
            raise UsageFailure(f"options before {word} are those of certify alone", hint=f"put them behind {word}")
        return None
    if registry is None or runner is None:
        missing = "--registry" if registry is None else "--runner"
        raise UsageFailure(f"{missing} is missing", hint=f"see {context.command_path} --help")
    from runpact_status_matrix import _certify

    request = _certify.CertifyRequest(
        registry,
        runner,
        Path(edge.project_dir(project)),
        timeout_s=timeout,
        adapter=adapter,
        check_command=_words(check_command),
        commit_sha=_commit(commit),
        runs_dir=Path(edge.runs_dir(project, runs_dir)),
        now_s=_seconds(now_utc),
    )
    done = _certify.certify(request)
    if json:
        edge.tell_document(done.document)
    else:
        _print_summary(done.document, done.json_path)
    if done.stopped_by is not None:
        return _SIGNALLED + done.stopped_by
    return 0 if done.document["summary"]["status"] == "pass" else 1


@certify.command()
def verify(  # noqa: PLR0913 - one for each option
    file: Certificate,
    *,
    registry: Annotated[Path | None, typer.Option(metavar="FILE", help="Hold it against this registry.")] = None,
    public_key: Annotated[
        list[Path] | None, typer.Option(metavar="K", help="A key that is trusted; again for more.")
    ] = None,
    signature: Annotated[
        Path | None, typer.Option(metavar="S", help="The signature.  [default: beside the certificate]")
    ] = None,
    commit: Annotated[
        str | None, typer.Option(metavar="SHA", help="Fail also where it is for another commit; the whole id.")
    ] = None,
    require_pass: Annotated[
        bool, typer.Option("--require-pass", help="Fail also where it is whole and does not say pass.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a certificate_check document.")] = False,
) -> int:
    """Verify a certificate, offline; exit code 1 where a rule is broken. Whether the runner passed, it says itself."""
    from runpact_status_matrix._verify import verify_certificate

    checked = verify_certificate(
        file, registry=registry, public_keys=public_key or (), signature=signature, commit=_commit(commit)
    )
    passes = checked["ok"] and (not require_pass or checked.get("certificate_status") == "pass")
    if json:
        edge.tell_document(checked)
        return 0 if passes else 1
    edge.tell(*_lines(checked["rules"]))
    whole = "is whole" if checked["ok"] else "is NOT what it should be"
    says = f"; it says {checked['certificate_status']}" if "certificate_status" in checked else ""
    edge.tell(f"{checked['path']} {whole}{says}")
    return 0 if passes else 1


@certify.command()
def sign(
    file: Certificate,
    *,
    key: Annotated[Path, typer.Option(metavar="K", help="The private key.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(metavar="F", help="The signature's file.  [default: beside the certificate]")
    ] = None,
) -> None:
    """Sign a certificate that is whole: an in-toto statement in a DSSE envelope."""
    from runpact_status_matrix import _sign

    before = _sign.signers(_sign.default_path(file) if out is None else out)
    path, key_id = _sign.sign(file, key, out)
    others = ", ".join(for_terminal(each)[:100] for each in before if each != key_id)
    instead = f", in place of the signature by {others}" if others else ""
    edge.tell(f"{path}: signed by the key {key_id}{instead}")


@certify.command()
def keygen(
    *, out: Annotated[Path, typer.Option(metavar="DIR", help="The folder for both files.", show_default=False)]
) -> None:
    """Make a pair of Ed25519 keys; the private one is for its owner alone."""
    from runpact_status_matrix import _keys

    pair = _keys.keygen(out)
    edge.tell(f"{pair.private}: the private key; keep it to yourself")
    edge.tell(f"{pair.public}: the public key {pair.key_id}")


def _words(check_command: str | None) -> tuple[str, ...]:
    """The words of a command, parted and quoted as a shell does it; no shell sees them."""
    if check_command is None:
        return ()
    try:
        words = tuple(shlex.split(check_command))
    except ValueError as error:
        raise UsageFailure(f"--check-command: {error}", hint="close every quotation mark") from error
    if not words:
        raise UsageFailure("--check-command is empty", hint="name a program")
    return words


def _commit(sha: str | None) -> str | None:
    if sha is not None and not (sha.isascii() and sha.isalnum() and len(sha) <= 100):
        raise UsageFailure(f"--commit {for_terminal(sha)} is no id of a commit", hint="give its letters and digits")
    return sha


def _seconds(stated: str | None) -> int | None:
    if stated is None:
        return None
    from runpact_status_matrix import _freshness

    try:
        return _freshness.moment_of(stated) // 1_000_000_000
    except InvalidArtifact as error:
        raise UsageFailure(f"--now-utc: {error.reason}", hint="such as 2026-01-19T06:15:12Z") from error


def _print_summary(document: dict[str, Any], path: Path) -> None:
    """What did not pass, and the outcome."""
    for check in document["checks"]:
        if check["status"] != "pass":
            evidence = f" ({check['evidence_ref']})" if "evidence_ref" in check else ""
            edge.tell(f"{check['status']}: {check['id']} of {check['group']}: {check['detail']}{evidence}")
    summary = document["summary"]
    numbers = ", ".join(f"{summary[name]} {name}" for name in ("passed", "failed", "skipped"))
    found = numbers if document["checks"] else "the registry asks nothing of this runner, so nothing is certified"
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    edge.tell(f"{shown}: {document['runner']['runner_id']}: {summary['status']}: {found}")


def _lines(rules: list[dict[str, Any]]) -> list[str]:
    """A line for each rule, and one for neighbours that were not looked at for the same reason."""
    found = []
    for (result, what), group in itertools.groupby(rules, key=lambda rule: (rule["result"], rule["what"])):
        same = list(group)
        if result == "not_checked":
            same = [{"rule": ", ".join(rule["rule"] for rule in same), "result": result, "what": what}]
        found += [_line(rule) for rule in same]
    return found


def _line(rule: dict[str, Any]) -> str:
    said = f"{_MARKS[rule['result']]}: {rule['rule']}: {rule['what']}"
    said += f", at {rule['pointer']}" if rule.get("pointer") else ""
    said += f"; it should be {rule['expected']}" if "expected" in rule else ""
    return said + (f"; it is {rule['found']}" if "found" in rule else "")
