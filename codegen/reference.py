"""The reference pages ``docs/cli.md`` and ``docs/errors.md``, made by asking the commands and the errors themselves.

Part of the executed step: it imports what is published and shows what it says.
"""

from __future__ import annotations

import contextlib
import inspect
import io
from importlib import import_module
from typing import TYPE_CHECKING

from codegen.render import markdown
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR_MODULES = (
    "runpact_core.errors",
    "runpact_writer.errors",
    "runpact_reporter.errors",
    "runpact_gc.errors",
    "runpact_status_matrix.errors",
    "runpact.errors",
)
CLI_INTRO = """\
# Commands

Every command of `runpact`, as its own `--help` says it. Each tool's own command has the same words: `runpact-core
contracts …`, `runpact-writer exec …`, `runpact-writer runs …`, `runpact-reporter report …`, `runpact-gc scan` for
`runpact artifacts scan`. `runpact-gc --keep N` is a [short form](retention.md#the-short-form) besides.
"""
ERRORS_INTRO = """\
# Errors

Every command prints an error as one line to stderr: `error[code]: what — hint`. In Python each is a class below
`runpact_core.errors.RunpactError`, and nothing else leaves a public function.

| exit code | meaning |
|---|---|
| 0 | done, or nothing to do |
| 1 | what was checked does not hold |
| 2 | usage or configuration |
| 3 | the environment failed: the disk, the system |
| 4 | refused for safety |
| 124 | `exec`, `report generate`: `--timeout` ended the command |
| 125 | `exec`: the command was not started or not recorded; `report generate`: nor could the whole report be made |
| 126, 127 | `exec`, `report generate`: the command is not executable, was not found |

`exec` hands on its command's exit code, `report generate` and `pytest --runpact` that of the tests, which may be any of
these: [how to tell them apart](concepts.md#when-something-goes-wrong).

| code | exit code | class | meaning |
|---|---|---|---|
"""


def render_reference() -> dict[str, str]:
    """Both pages, by path relative to the project."""
    return {
        "docs/cli.md": markdown("the commands' own help", _cli_page()),
        "docs/errors.md": markdown("the error classes", _errors_page()),
    }


def _cli_page() -> str:
    sections = [f"## {' '.join(words)}\n\n```text\n{_help(words).rstrip()}\n```\n" for words in _commands()]
    return "\n".join([CLI_INTRO, *sections])


def _commands() -> Iterator[tuple[str, ...]]:
    """Every command with its words, groups before what is in them."""
    from runpact.cli import COMMANDS

    yield ("runpact",)
    yield ("runpact", "exec")
    for word, entry in COMMANDS.items():
        application = getattr(import_module(entry[0]), entry[1])
        yield ("runpact", word)
        for command in application.registered_commands:
            name = command.name or command.callback.__name__.replace("_", "-")
            yield ("runpact", word, name)


def _help(words: tuple[str, ...]) -> str:
    from runpact.cli import main

    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        main([*words[1:], "--help"])
    return shown.getvalue()


def _errors_page() -> str:
    rows = sorted(
        f"| `{code}` | {exit_code} | `{name}` | {meaning} |\n" for code, exit_code, name, meaning in _errors()
    )
    return ERRORS_INTRO + "".join(rows)


def _errors() -> Iterator[tuple[str, int, str, str]]:
    for module_name in ERROR_MODULES:
        module = import_module(module_name)
        for name in module.__all__:
            error = getattr(module, name)
            if isinstance(error, type) and issubclass(error, RunpactError) and error is not RunpactError:
                meaning = (inspect.getdoc(error) or "").partition("\n\n")[0].replace("\n", " ").replace("|", "\\|")
                yield error.code, error.exit_code, f"{module_name}.{name}", meaning
