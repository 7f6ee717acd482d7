"""``python -m evolution fuzz``: every reader of foreign input against inputs that nobody thought of.

Inputs are pieces of what a reader is made for, cut, joined and changed, drawn by hypothesis, which also makes a find
small; where the library is installed, atheris draws more of them by what of the code they reach. A find is whatever a
reader raises beside the errors that it documents, a law that does not hold, and more than `MOST_S` of processor time.
Each find is kept as ``tests/compat/fuzz/<target>/<digest>``, and a test reads all of them for ever.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from evolution.fuzz_targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

    from evolution.fuzz_targets import Target

__all__ = ["FINDS", "MOST_S", "Find", "attempt", "draw", "finds", "inputs", "main"]

FINDS = "tests/compat/fuzz"
"""Where finds are kept, relative to the project."""

MOST_S = 1.0
"""Seconds of processor time that a reader may take for one input of at most `MOST_BYTES`."""

MOST_BYTES = 65_536
_ROUND = 400  # inputs of one round of hypothesis, which keeps nothing from one round to the next


@dataclass(frozen=True)
class Find:
    """An input, and what is wrong with how it was read."""

    target: str
    data: bytes
    says: str

    @property
    def path(self) -> str:
        """Where it is kept, relative to the project."""
        return f"{FINDS}/{self.target}/{hashlib.sha256(self.data).hexdigest()[:16]}"


def attempt(target: Target, data: bytes) -> str | None:
    """What is wrong with how a target reads these bytes, in one line; None where nothing is."""
    begun = time.process_time()
    try:
        target.read(data)
    except target.expected:
        pass
    except Exception as error:  # noqa: BLE001 - any other one is what is looked for
        return f"{type(error).__name__}: {error}"[:300]
    took = time.process_time() - begun
    return f"it took {took:.1f} s" if took > MOST_S else None


def inputs(target: Target) -> SearchStrategy[bytes]:
    """Inputs of a target: its seeds with places or JSON values changed, parts of two joined, its words, any."""
    word = st.one_of(st.sampled_from(target.words or (b"\n",)), st.binary(max_size=4), st.sampled_from(_WORDS))
    edit = st.tuples(st.integers(0, 2**16), st.integers(0, 8), word, st.integers(1, 3))
    seeds = st.sampled_from((*target.seeds, b""))
    changed = st.builds(_edited, seeds, st.lists(edit, max_size=6))
    joined = st.builds(
        lambda first, then, at: first[: at % (len(first) + 1)] + then, changed, changed, st.integers(0, 2**16)
    )
    valued = st.builds(
        _revalued, seeds, st.lists(st.tuples(st.integers(0, 2**16), st.sampled_from(_VALUES)), max_size=4)
    )
    return st.one_of(valued, changed, joined, st.lists(word, max_size=30).map(b"".join), st.binary(max_size=200))


_WORDS = (b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xf0\x9f\xa7\xad", b"\r\n", b"9" * 30, b"-1", b" " * 40)


def _edited(seed: bytes, edits: list[tuple[int, int, bytes, int]]) -> bytes:
    """Each edit puts some of a word in the place of so many bytes."""
    data = seed
    for place, length, word, times in edits:
        at = place % (len(data) + 1)
        data = data[:at] + word * times + data[at + length :]
    return data[:MOST_BYTES]


_DROPPED = object()
_VALUES: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**100, "", "x", "\u202e", [], [None], {}, {"a": {}}, _DROPPED)


def _revalued(seed: bytes, changes: list[tuple[int, Any]]) -> bytes:
    """Each change puts another value in a place of a line that is JSON, or takes it out."""
    lines = seed.split(b"\n")
    parsed = {number: value for number, line in enumerate(lines) if (value := _parsed(line)) is not None}
    for at, value in changes:
        places = [place for tree in parsed.values() for place in _places(tree)]
        if places:
            parent, key = places[at % len(places)]
            if value is _DROPPED:
                del parent[key]
            else:
                parent[key] = copy.deepcopy(value)
    return b"\n".join(json.dumps(parsed[at]).encode() if at in parsed else line for at, line in enumerate(lines))


def _parsed(line: bytes) -> Any:
    try:
        tree = json.loads(line)
    except ValueError:
        return None
    return tree if isinstance(tree, dict | list) else None


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every value below a tree, as what holds it and under which key."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield tree, key
        if isinstance(value, dict | list):
            yield from _places(value)


def draw(target: Target, number: int, count: int = _ROUND) -> Find | None:
    """Try so many inputs, the same ones for the same number; the smallest find, or None."""
    found: list[Find] = []

    @seeded(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(target))
    def judged(data: bytes) -> None:
        says = attempt(target, data)
        if says:
            found.append(Find(target.name, data, says))
            raise _Found

    try:
        judged()
    except (_Found, ExceptionGroup):
        return min(found, key=lambda find: len(find.data))
    return None


class _Found(Exception):
    """Tells hypothesis that an input is a find."""


def finds(root: Path, target: str) -> list[tuple[str, bytes]]:
    """The finds that are kept of a target: names and bytes."""
    return [(path.name, path.read_bytes()) for path in sorted((root / FINDS / target).glob("*"))]


def _guided(target: Target, seconds: float, root: Path) -> list[Find]:
    """What atheris finds in that time, in a process of its own, since it ends the one it runs in."""
    with tempfile.TemporaryDirectory(prefix="fuzz-guided-") as folder:
        crashes = Path(folder, "crashes")
        corpus = Path(folder, "corpus")
        for each in (crashes, corpus):
            each.mkdir()
        for number, data in enumerate((*target.seeds, *target.words, *(data for _, data in finds(root, target.name)))):
            (corpus / str(number)).write_bytes(data)
        command = [
            sys.executable,
            "-m",
            "evolution.fuzz_guided",
            target.name,
            f"-max_total_time={max(1, round(seconds))}",
        ]
        command += [
            f"-artifact_prefix={crashes}/",
            f"-max_len={MOST_BYTES}",
            "-timeout=20",
            "-rss_limit_mb=4096",
            str(corpus),
        ]
        subprocess.run(
            command,
            cwd=root,
            check=False,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": _path(root), "TMPDIR": folder},
        )
        kept = [path.read_bytes() for path in sorted(crashes.iterdir())]
    return [Find(target.name, data, says) for data in kept if (says := attempt(target, data))]


def _path(root: Path) -> str:
    return os.pathsep.join([str(root), *(str(source) for source in sorted((root / "packages").glob("*/src")))])


def _look(target: Target, seconds: float, first: int, root: Path) -> tuple[list[Find], int]:
    """Finds of one target, and how many rounds there were; at least one, and no more than one find by drawing."""
    is_guided = importlib.util.find_spec("atheris") is not None
    found: list[Find] = _guided(target, seconds / 2, root) if is_guided else []
    ends, rounds = time.monotonic() + (seconds / 2 if is_guided else seconds), 0
    while True:
        one = draw(target, first + rounds)
        rounds += 1
        if one or time.monotonic() >= ends:
            return found + ([one] if one else []), rounds


def _minutes(text: str) -> float:
    """A time that can be spent; any other number says that somebody meant something else."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!a} is no time: write a number above 0")
    return value


def main(arguments: Sequence[str], root: Path) -> int:
    """Fuzz for so long, and keep what is found; 1 where something is."""
    parser = argparse.ArgumentParser(prog="./hatchw run fuzz", description="Put strange inputs before every reader.")
    parser.add_argument(
        "--minutes", type=_minutes, default=1.0, help="more than 0, for all targets together (default: 1)"
    )
    parser.add_argument("--target", choices=sorted(TARGETS), action="append", help="this one alone; may be repeated")
    parser.add_argument("--seed", type=int, default=None, help="number of the first round (default: by the clock)")
    options = parser.parse_args(arguments)
    chosen = [TARGETS[name] for name in options.target or TARGETS]
    first = int(time.time()) if options.seed is None else options.seed
    if importlib.util.find_spec("atheris") is None:
        print("note: by drawing alone; `./hatchw run fuzz:guided` also goes by what of the code is reached")
    every: list[Find] = []
    for target in chosen:
        found, rounds = _look(target, options.minutes * 60 / len(chosen), first, root)
        every += found
        print(f"{target.name}: {rounds} rounds of {_ROUND}, {len(found)} found", flush=True)
        for find in found:
            path = root / find.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(find.data)
            print(f"  {find.path}: {find.says!a}", flush=True)
    return 1 if every else 0
