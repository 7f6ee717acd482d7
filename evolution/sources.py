"""Where the older contracts come from: a commit, a folder or a wheel.

* A commit is read out of git's own store: nothing is checked out, no file of the working tree is touched, and no
  attribute or line-end setting changes a byte.
* A folder is a project, or the ``contracts/`` in one.
* A wheel is that of ``runpact-core``: see `evolution.wheel`.

A wheel is told by its name and a folder by the contracts in it, also where a ref has the same name; everything else is
a ref.
"""

from __future__ import annotations

import difflib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.findings import ContractsInvalid
from codegen.lint import lint
from codegen.load import load
from evolution.wheel import NOT_IN_A_WHEEL, from_wheel
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, RunpactError

if TYPE_CHECKING:
    from codegen.load import ContractSet
    from evolution.model import Kind

__all__ = ["AgainstInvalid", "Opened", "UnknownRef", "commit_of", "contract_set", "git", "open_against", "uncommitted"]

CONTRACTS = "contracts"
CATALOG = f"{CONTRACTS}/catalog.yaml"
_STRUCTURE = ("D", "M")  # rules about the shape of a contract, which a comparison relies on


class UnknownRef(RunpactError):
    """What to compare with is neither a commit nor a folder nor a wheel."""

    code = "unknown-ref"
    exit_code = 2


class AgainstInvalid(RunpactError):
    """The contracts to compare with are there, and cannot be read."""

    code = "against-invalid"
    exit_code = 2


@dataclass(frozen=True)
class Opened:
    """The older contracts, and what has to be known of them.

    Attributes:
        contracts: The contracts.
        label: What they are called: the words given, and the commit where they name one.
        notes: What people have to know, one sentence each.
        incomparable: Kinds of change that cannot be seen, since the source has no word of such things.
    """

    contracts: ContractSet
    label: str
    notes: tuple[str, ...] = ()
    incomparable: frozenset[Kind] = frozenset()


def contract_set(against: str, root: Path) -> ContractSet:
    """The contracts of a git ref, a folder or a wheel; errors as of `open_against`."""
    return open_against(against, root).contracts


def open_against(against: str, root: Path) -> Opened:
    """The contracts of a git ref, a folder or a wheel, for a comparison with those of the project at ``root``.

    Raises:
        UnknownRef: There is no such thing, or it holds no contracts.
        AgainstInvalid: The contracts in it cannot be read or compared; the message names file and line.
        EnvironmentFailed: git is not installed, or a file cannot be read.
    """
    path = Path(against)
    if path.suffix == ".whl":
        return _opened_wheel(path)
    folder = _project(path) if against else None
    if folder is not None:
        return Opened(_loaded(folder, against), against)
    return _opened_commit(against, root)


def uncommitted(root: Path) -> int | None:
    """How many files below ``contracts/`` differ from the last commit; None where there is no git to ask."""
    try:
        said = git(root, "status", "--porcelain", "--untracked-files=all", "--", CONTRACTS)
    except RunpactError:
        return None
    return len(said.splitlines())


def git(root: Path, *words: str, data: bytes = b"") -> bytes:
    """What a git command prints.

    Raises:
        UnknownRef: It failed; with the last line that it said.
        EnvironmentFailed: git is not installed.
    """
    command = ["git", "-C", str(root), "-c", "core.quotePath=false", *words]
    try:
        done = subprocess.run(command, input=data, check=False, capture_output=True)
    except OSError as error:
        raise EnvironmentFailed("running git", error, hint="install git, or compare with a folder") from error
    if done.returncode:
        said = done.stderr.decode(errors="backslashreplace").strip().splitlines() or ["it gave no reason"]
        if "not a git repository" in said[-1]:
            raise UnknownRef(f"{root} is in no git repository", hint="compare with a folder or a wheel")
        raise UnknownRef(f"git {words[0]}: {said[-1].removeprefix('fatal: ')}")
    return done.stdout


def _project(path: Path) -> Path | None:
    """The project that a folder is, or whose ``contracts/`` it is; None where it is neither."""
    if (path / CATALOG).is_file():
        return path
    return path.absolute().parent if path.name == CONTRACTS and (path / "catalog.yaml").is_file() else None


def _opened_wheel(path: Path) -> Opened:
    try:
        contracts = from_wheel(path)
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error
    except InvalidArtifact as error:
        raise AgainstInvalid(f"{path.name}: {error.reason}", hint="it takes a wheel of runpact-core") from error
    note = f"{path.name} holds compiled contracts: their words and example documents are not compared."
    return Opened(contracts, path.name, (note,), NOT_IN_A_WHEEL)


def _opened_commit(ref: str, root: Path) -> Opened:
    commit = commit_of(ref, root)
    label = ref if commit.startswith(ref) else f"{ref} ({commit[:7]})"
    listed = git(root, "ls-tree", "-r", "-z", commit, "--", f"{CONTRACTS}/").split(b"\0")
    blobs = [line.partition(b"\t") for line in listed if line.startswith(b"100")]  # files, not links
    if not blobs:
        raise UnknownRef(f"{label} has no {CONTRACTS}/", hint="compare with a later commit")
    objects = [head.split(b" ")[2] for head, _, _ in blobs]
    texts = _blobs(git(root, "cat-file", "--batch", data=b"".join(name + b"\n" for name in objects)), len(objects))
    with tempfile.TemporaryDirectory(prefix="runpact-compat-") as folder:
        for (_, _, name), text in zip(blobs, texts, strict=True):
            target = Path(folder, name.decode(errors="surrogateescape"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
        return Opened(_loaded(Path(folder), label), label)


def commit_of(ref: str, root: Path) -> str:
    """The identifier of the commit that a ref names.

    Raises:
        UnknownRef: It names none; the hint names the nearest.
    """
    git(root, "rev-parse", "--git-dir")
    try:
        found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except UnknownRef:
        known = git(root, "for-each-ref", "--format=%(refname:short)").decode(errors="replace").split()
        near = difflib.get_close_matches(ref, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "in a shallow clone, fetch it first: git fetch origin REF"
        raise UnknownRef(f"{ref!r} is no commit, no folder with contracts and no wheel", hint=hint) from None
    return found.decode().strip()


def _blobs(data: bytes, count: int) -> list[bytes]:
    """The contents in what ``git cat-file --batch`` prints: a line with the size, so many bytes, a line feed."""
    texts = []
    at = 0
    for _ in range(count):
        head, _, _ = data[at : at + 200].partition(b"\n")
        start = at + len(head) + 1
        at = start + int(head.rsplit(b" ", 1)[1]) + 1
        texts.append(data[start : at - 1])
    return texts


def _loaded(root: Path, label: str) -> ContractSet:
    """The contracts of a folder, of the shapes that can be compared."""
    hint = "compare with something else, or mend it there"
    try:
        contracts = load(root)
        broken = [finding for finding in lint(contracts) if finding.rule.startswith(_STRUCTURE)]
        if broken:
            raise ContractsInvalid(broken)  # noqa: TRY301 - told like those that loading finds
    except ContractsInvalid as error:
        first, count = error.findings[0], len(error.findings)
        what = f"{first.path}:{first.line}: {first.rule} {first.message}"
        more = f" (and {count - 1} more)" if count > 1 else ""
        raise AgainstInvalid(f"{label}: {what}{more}", hint=hint) from error
    except InvalidArtifact as error:
        raise AgainstInvalid(f"{label}: {error.reason} (line {error.line_number or 1})", hint=hint) from error
    except MissingArtifact as error:
        raise AgainstInvalid(f"{label}: {error.path} is missing", hint=hint) from error
    except OSError as error:
        raise EnvironmentFailed(f"reading the contracts of {label}", error) from error
    return contracts
