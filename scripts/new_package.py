"""The draft of a new package: a tool of its own, and the lines about it in every file that lists the packages.

What comes out is a whole tool that counts recorded runs, to be rewritten into the one that is meant: a pure decision,
an error, a command, tests of each. It stands on the core alone and is mounted by the umbrella under its own name.
Licence and version module follow by ``codegen``. `tests/scaffold/test_settings.py` holds the lists together.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import new_names
from new_draft import Draft, rendered

from runpact_core.errors import UsageFailure

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SUMMARY", "package"]

SUMMARY = "Count recorded runs by what became of them"
CLI = "packages/runpact/src/runpact/cli.py"
SNAPSHOT = "tests/runpact/__snapshots__/test_umbrella.ambr"
SOURCES = {
    "src/{module}/__init__.py": "src/__init__.py.j2",
    "src/{module}/__main__.py": "src/__main__.py.j2",
    "src/{module}/_counts.py": "src/_counts.py.j2",
    "src/{module}/cli.py": "src/cli.py.j2",
    "src/{module}/errors.py": "src/errors.py.j2",
    "pyproject.toml": "pyproject.toml.j2",
    "README.md": "README.md.j2",
}


def package(root: Path, name: str, *, summary: str = SUMMARY) -> Draft:
    """All that a new package takes.

    Args:
        root: The project.
        name: Name of its folder and its word, in kebab-case; the distribution is ``runpact-<name>``.
        summary: What the tool does, in a few words.

    Raises:
        UsageFailure: The name or the summary cannot be it, or the name is taken.
    """
    new_names.judge("package", name)
    new_names.judge_line("--summary", summary)
    _free(root, name)
    module = f"runpact_{name.replace('-', '_')}"
    values = {"name": name, "module": module, "summary": summary, **_facts(root)}
    draft = Draft(root)
    for path, template in SOURCES.items():
        draft.make(f"packages/{name}/{path.format(module=module)}", rendered(f"package/{template}", values))
    draft.make(f"packages/{name}/src/{module}/py.typed", "")
    for test in ("test_counts.py", "test_cli.py"):
        folder = f"tests/{name.replace('-', '_')}"
        draft.make(f"{folder}/{test}", rendered(f"package/tests/{test}.j2", values))
    draft.make(f"changes/+{name}.added.md", f"`runpact-{name}`: {summary[0].lower()}{summary[1:]}.\n")
    _list_for_tools(draft, name, module)
    _mount(draft, name, module, summary, str(values["range"]))
    _list_for_people(draft, name, summary)
    return draft


def _free(root: Path, name: str) -> None:
    """Refuse what is taken: a folder, a folder of tests, a word of the one command."""
    from runpact.cli import COMMANDS, EXEC

    module = name.replace("-", "_")
    for folder in (f"packages/{name}", f"tests/{module}"):
        if (root / folder).exists():
            raise UsageFailure(f"{folder} exists", hint="choose another name")
    if name in {EXEC[0], *COMMANDS}:
        raise UsageFailure(f"runpact {name} is a command already", hint="choose another name")


def _facts(root: Path) -> dict[str, object]:
    """What every package repeats: the range of versions of ours, and the Pythons."""
    major, minor, _ = (root / "VERSION").read_text(encoding="utf-8").strip().split(".")
    environments = tomllib.loads((root / "hatch.toml").read_text(encoding="utf-8"))["envs"]
    return {
        "range": f">={major}.{minor},<{major}.{int(minor) + 1}",
        "pythons": environments["on"]["matrix"][0]["python"],
    }


def _list_for_tools(draft: Draft, name: str, module: str) -> None:
    """Types, coverage, layers, import order, the compiler's page of errors, CI."""
    path, source = "pyproject.toml", f"packages/{name}/src"
    last = "packages/runpact/src"
    draft.change(path, f'"{last}", "codegen"', f'"{last}", "{source}", "codegen"')
    prefix = "$MYPY_CONFIG_FILE_DIR/"
    draft.change(path, f":{prefix}{last}:", f":{prefix}{last}:{prefix}{source}:")
    draft.change(path, f'"{last}"]\nomit', f'"{last}", "{source}"]\nomit')
    end = '"runpact_writer"]\n\n[tool.ruff.format]'
    draft.change(path, end, f'"{module}", {end}')
    draft.change(path, 'root_packages = ["runpact",', f'root_packages = ["runpact", "{module}",')
    draft.change(path, 'layers = ["runpact", "', f'layers = ["runpact", "{module} | ')
    draft.change(path, 'source_modules = ["runpact",', f'source_modules = ["runpact", "{module}",')
    last_errors = '    "runpact.errors",\n'
    draft.change("codegen/reference.py", last_errors, f'    "{module}.errors",\n{last_errors}')
    end = '}\n"""Import package of a tool'
    draft.change("evolution/watched.py", end, f'    "{module}": "{name}",\n{end}')
    draft.change(".ci/run", "'in runpact smoke_extended'", f"'in {name} smoke' 'in runpact smoke_extended'")


def _mount(draft: Draft, name: str, module: str, summary: str, version_range: str) -> None:
    """The umbrella: its table of words, its extras, what its help prints."""
    entry = f'    "{name}": ("{module}.cli", "commands", "runpact-{name}", "{summary}."),\n'
    end = '}\n"""Word → module,'
    draft.change(CLI, end, f"{entry}{end}")
    path = "packages/runpact/pyproject.toml"
    requirement = f'"runpact-{name}{version_range}"'
    draft.change(path, "\nall = [", f"\n{name} = [{requirement}]\nall = [{requirement}, ")
    source = 'runpact-core = { path = "../core", editable = true }\n'
    draft.change(path, source, f'{source}runpact-{name} = {{ path = "../{name}", editable = true }}\n')
    head, separator, tail = draft.text(SNAPSHOT).partition("\n  \n  '''\n# ---\n")
    draft.change(SNAPSHOT, head + separator + tail, f"{head}\n    {name:9}  {summary}.{separator}{tail}")


def _list_for_people(draft: Draft, name: str, summary: str) -> None:
    """The README and the page for contributors."""
    last = "| `packages/runpact` |"
    draft.change("README.md", last, f"| `packages/{name}` | `runpact-{name}`: `runpact {name}` |\n{last}")
    draft.change("README.md", " ./packages/runpact\n", f" ./packages/{name} ./packages/runpact\n")
    draft.change(
        "CONTRIBUTING.md", last, f"| `packages/{name}` | {summary[0].lower()}{summary[1:]}; needs core alone |\n{last}"
    )
    draft.change("CONTRIBUTING.md", " | status-matrix)", f" | status-matrix | {name})")
