"""The edge of every command: one place where errors become one line on stderr and an exit code.

Nothing leaves a command but an exit code: what is expected is a `RunpactError`; the words of a call are judged by the
command-line library; a reader who has gone away (``| head``) and Ctrl-C end a command quietly. What stdout's encoding
cannot say is written as an escape.
"""

from __future__ import annotations

import io
import os
import sys

from runpact_core.errors import EnvironmentFailed, RunpactError, UsageFailure
from runpact_core.redact import for_ci, for_ci_json

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TextIO

    import typer

__all__ = [
    "HELP",
    "INTERRUPTED",
    "columns",
    "complain",
    "project_dir",
    "run",
    "runs_dir",
    "say",
    "show",
    "silence",
    "tell",
    "tell_document",
    "unprinted",
]

_CI_MARKS = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")  # systems that look for commands inside a line

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

HELP = {"help_option_names": ["-h", "--help"]}
"""Settings of every application: what asks for help."""


def run(app: typer.Typer, arguments: Sequence[str], prog: str) -> int:
    """Run a command-line application to its end.

    Args:
        app: The application; its commands return None or an exit code.
        arguments: The words after the program's name.
        prog: The program's name.

    Returns:
        The exit code: the command's own, that of its error, or 2 for a call that makes no sense.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = app(args=list(arguments), prog_name=prog, standalone_mode=False)
        print(end="", flush=True)
    except BaseException as error:  # noqa: BLE001 - judged in one place; what is not ours is raised again there
        return _ended(error, prog)
    return code if isinstance(code, int) else 0


def _ended(error: BaseException, prog: str) -> int:
    """The exit code of a command that did not end by itself. Raises what nobody expected."""
    if isinstance(error, RunpactError):
        return complain(error)
    library_s_own = error.__context__ if isinstance(error, SystemExit) else None  # what it makes of a broken pipe
    for each in (error, library_s_own):
        if isinstance(each, BrokenPipeError) or (each is error and isinstance(each, OSError)):
            return unprinted(each)  # only what is printed is not put into words by who does it
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":  # the latter from older libraries
        return INTERRUPTED
    words = getattr(error, "format_message", None)  # its exceptions have moved between modules, the method has stayed
    if words is None:
        raise error
    if type(error).__name__ == "NoArgsIsHelpError":  # what it has to say is the help itself
        for line in str(words()).splitlines():
            say(line)
        return UsageFailure.exit_code
    said = " ".join(str(words()).split()).rstrip(".").replace("Value error, ", "")
    called = getattr(getattr(error, "ctx", None), "command_path", None) or prog
    return complain(UsageFailure(said, hint=f"see {called} --help"))


def show(text: str) -> int:
    """Print a text that no library has to make, such as help; the exit code, where it cannot be written too."""
    try:
        print(text, end="", flush=True)
    except OSError as error:
        return unprinted(error)
    return 0


def unprinted(error: OSError) -> int:
    """The exit code where stdout did not take what was printed: quietly 0 where its reader has gone."""
    silence(sys.stdout)
    return 0 if isinstance(error, BrokenPipeError) else complain(EnvironmentFailed("writing to stdout", error))


def complain(error: RunpactError) -> int:
    """Print an error as its one line; its exit code."""
    say(error.line())
    return error.exit_code


def say(text: str) -> None:
    """Print one line on stderr that no CI system obeys, if it is open and somebody still reads it."""
    if sys.stderr is None:  # closed when we were started; `print` would take stdout instead
        return
    try:
        print(for_ci(text), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        silence(sys.stderr)


def tell(*lines: str) -> None:
    """Print lines on stdout that no CI system obeys and in which nothing acts, whoever wrote their words."""
    print("".join(f"{for_ci(line)}\n" for line in lines), end="", flush=True)


def tell_document(document: Mapping[str, Any]) -> None:
    r"""Print a document on stdout, in the bytes that its file has.

    In the job of a CI system that looks for commands inside a line, their first character is written as ``\u0023``:
    the same document in other bytes.
    """
    from runpact_core import documents

    text = documents.dumps(document).decode()
    print(for_ci_json(text) if any(mark in os.environ for mark in _CI_MARKS) else text, end="")


def columns() -> int | None:
    """Columns of the terminal on which what is printed appears, or of ``COLUMNS``; None where stdout is none."""
    if sys.stdout is None or not sys.stdout.isatty():  # None where it was closed when the process was started
        return None
    import shutil  # slow to load, and most commands print no table

    return shutil.get_terminal_size().columns


def project_dir(path: str) -> str:
    """The folder given with ``--project``, which must be there.

    Raises:
        UsageFailure: It is not, is a file, or has no name.
    """
    if not path:
        raise UsageFailure("--project is empty", hint="name a folder")
    if not os.path.isdir(path):  # noqa: PTH112 - pathlib is slow
        what = "is a file" if os.path.exists(path) else "does not exist"  # noqa: PTH110 - as above
        raise UsageFailure(f"--project {path} {what}", hint="name a folder")
    return path


def runs_dir(project: str, given: str | None) -> str:
    """The folder of runs: the one given with ``--runs-dir``, else that of the project. It need not be there.

    Raises:
        UsageFailure: The name given is empty, or the project is not there.
    """
    if given == "":
        raise UsageFailure("--runs-dir is empty", hint="name a folder")
    return given or os.path.join(project_dir(project), "reports", "runs")  # noqa: PTH118 - pathlib is slow


def silence(stream: TextIO) -> None:
    """Send what a stream still holds to nowhere; else the interpreter complains at its exit, with a code of its own."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    except (OSError, ValueError):
        return
    finally:
        os.close(nowhere)
