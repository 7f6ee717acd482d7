"""``runpact``: one command with the words of every installed tool.

What each word loads stands in a table, so that ``--version`` and ``--help`` load nothing and ``exec`` no command-line
library. A word whose package is absent says which one to install. What a shell asks when it completes a line comes
without words, in a variable of the environment; it alone loads every tool.
"""

from __future__ import annotations

import os
import sys

from runpact._version import __version__

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Sequence

    import typer

    from runpact_core.errors import RunpactError

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "contracts": ("runpact_core.cli", "contracts", "runpact-core", "Show contracts, and hold documents to them."),
    "runs": ("runpact_writer.cli", "runs", "runpact-writer", "Look at recorded runs."),
    "fleet": ("runpact_reporter.cli", "fleet", "runpact-reporter", "Keep the register of the fleet's products."),
    "report": (
        "runpact_reporter.cli",
        "report",
        "runpact-reporter",
        "Turn test results and recorded runs into reports.",
    ),
    "history": (
        "runpact_reporter.cli",
        "history",
        "runpact-reporter",
        "Read and rebuild the history of runs.",
    ),
    "artifacts": ("runpact_gc.cli", "artifacts", "runpact-gc", "List, keep, trash and compact artifacts."),
    "status": ("runpact_status_matrix.cli", "status", "runpact-status-matrix", "Publish the status of a runner."),
    "certify": (
        "runpact_status_matrix.cli",
        "certify",
        "runpact-status-matrix",
        "Certify a runner, verify certificates.",
    ),
    "matrix": ("runpact_status_matrix.cli", "matrix", "runpact-status-matrix", "Ingest the status of many runners."),
    "dash": ("runpact_reporter.cli", "dash", "runpact-reporter", "Build or serve the dashboard of the fleet."),
}
"""Word → module, name of its application in there, distribution that brings it, what it is for."""

EXEC = ("exec", "runpact-writer", "Run a command, and record the run.")
HELP = "\n".join(
    [
        "Usage: runpact COMMAND [ARGS]...",
        "",
        "  Record runs, and read what they left.",
        "",
        "Options:",
        "  --version             Show the version and exit.",
        "  --install-completion  Install completion for the current shell.",
        "  --show-completion     Show completion for the current shell, to copy it.",
        "  -h, --help            Show this message and exit.",
        "",
        "Commands:",
        f"  {EXEC[0]:9}  {EXEC[2]}",
        *(f"  {word:9}  {entry[3]}" for word, entry in COMMANDS.items()),
    ]
)

COMPLETION = ("--install-completion", "--show-completion")
_ASKED_BY_SHELL = "_RUNPACT_COMPLETE"
_INTERRUPTED = 130  # as `runpact_core.edge` has it, which may not be loaded yet


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script ``runpact``; the exit code. Ctrl-C is quiet from its first moment on."""
    try:
        return _main(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _main(arguments: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[0] in COMPLETION if words else _ASKED_BY_SHELL in os.environ:
        return _complete(words)
    if words in (["--version"], ["--help"], ["-h"]):
        return _print(f"runpact {__version__}" if words == ["--version"] else HELP)
    if not words:
        return _ask_for_words()
    if words[0] != EXEC[0]:
        return _dispatch(words)
    return _exec(words[1:], is_script=arguments is None)


def _print(text: str) -> int:
    """Print what needs nothing loaded; the exit code."""
    try:
        print(text, flush=True)
    except OSError as error:  # the same as for every other output, which is known elsewhere
        from runpact_core import edge

        return edge.unprinted(error)
    return 0


def _ask_for_words() -> int:
    """Show the help as the complaint that it is here."""
    from runpact_core import edge
    from runpact_core.errors import UsageFailure

    for line in HELP.splitlines():
        edge.say(line)
    return UsageFailure.exit_code


def _exec(words: list[str], *, is_script: bool) -> int:
    """Wrap a command. A console script has nothing to do after it, and does not come back."""
    if is_script:  # what is loaded stays: looking through it again and again takes a tenth of the start
        import gc

        gc.disable()
    try:
        from runpact_writer import _exec as wrapper
    except ModuleNotFoundError as error:
        return _absent(EXEC[0], "runpact_writer", EXEC[1], error)
    return wrapper.script(words) if is_script else wrapper.main(words)


def _dispatch(words: list[str]) -> int:
    """Hand a call on to the application behind its first word."""
    from runpact_core import edge

    if words[0] not in COMMANDS:
        return edge.complain(_unknown(words[0]))
    module, name, distribution, _ = COMMANDS[words[0]]
    try:
        part = _load(module, name)
    except ModuleNotFoundError as error:
        return _absent(words[0], module, distribution, error)
    import typer

    app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=edge.HELP)
    app.callback()(_group)
    app.add_typer(part, name=words[0])
    return edge.run(app, words, "runpact")


def _complete(words: list[str]) -> int:
    """Set up a shell's completion or answer it: an application of all words, of which none is called."""
    import typer

    from runpact_core import edge

    app = typer.Typer(rich_markup_mode=None)
    app.callback()(_group)
    app.command(EXEC[0], help=EXEC[2])(_group)
    for word, (module, name, *_) in COMMANDS.items():
        try:
            app.add_typer(_load(module, name), name=word)
        except ModuleNotFoundError:
            continue  # whoever types the word is told what to install
    try:
        return edge.run(app, words, "runpact")
    except SystemExit as done:  # how the library ends what it does by itself
        return done.code if isinstance(done.code, int) else 0


def _group() -> None:
    """Make an application of one command a group, so that the command's own word is still needed."""


def _load(module: str, name: str) -> typer.Typer:
    from importlib import import_module

    part: typer.Typer = getattr(import_module(module), name)
    return part


def _unknown(word: str) -> RunpactError:
    from difflib import get_close_matches

    from runpact_core.errors import UsageFailure

    close = get_close_matches(word, [EXEC[0], *COMMANDS], n=1)
    return UsageFailure(
        f"there is no command {word}", hint=f"did you mean {close[0]}?" if close else "see runpact --help"
    )


def _absent(word: str, module: str, distribution: str, error: ModuleNotFoundError) -> int:
    """Say which package to install; an import that fails inside an installed one is no such case."""
    if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
        raise error
    from runpact.errors import NotInstalled
    from runpact_core import edge

    return edge.complain(NotInstalled(word, distribution))
