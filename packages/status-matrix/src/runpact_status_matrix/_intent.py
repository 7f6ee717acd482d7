"""What a registry asks of a runner, in one form, and its digest. Pure.

`intent-v1`, the form that a digest is taken of, is an object of exactly three fields:

* ``required_core_checks`` and ``required_core_cases`` are sets of names: each name once, sorted by code points.
* ``command_contract_subset`` is a list, in the order of the registry, since commands run one after another in one
  folder. Each has exactly ``name``, ``args`` (in order) and ``expect_exit``, a set of numbers: each once, sorted.
* A list that is not there is an empty one. Every other field is left out: ``registry_ref`` says where the intent was
  taken from, ``timeout_s`` how long to wait for it, neither what is asked.
* Texts are compared code point by code point; nothing is trimmed, folded or brought into a Unicode normal form.

The digest is the SHA-256 of that object's bytes in the form of RFC 8785. So it depends on what is asked alone, on no
machine, path, layout of a file, order of keys, or order and repetition within a set.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NORMALIZATION", "canonical_sha256", "command_ids", "intent_hash", "normalized", "of_runner"]

NORMALIZATION = "intent-v1"
"""Name of the form."""


def normalized(intent: Mapping[str, Any]) -> dict[str, Any]:
    """The form `intent-v1` of an intent, or of a runner's entry in a registry, which has the same three fields.

    Args:
        intent: What the contract of the certificate, or of the registry, admits.
    """
    return {
        "command_contract_subset": [
            {
                "name": command["name"],
                "args": list(command["args"]),
                "expect_exit": sorted({int(code) for code in command["expect_exit"]}),
            }
            for command in intent.get("command_contract_subset", ())
        ],
        "required_core_cases": sorted(set(intent.get("required_core_cases", ()))),
        "required_core_checks": sorted(set(intent.get("required_core_checks", ()))),
    }


def intent_hash(intent: Mapping[str, Any]) -> str:
    """The digest of an intent, in hexadecimal: that of its form `intent-v1`.

    Args:
        intent: An ``execution_intent`` of a certificate, or a runner of a registry.

    Raises:
        InvalidArtifact: It holds what RFC 8785 has no bytes for, such as half a character.
    """
    return canonical_sha256(normalized(intent))


def canonical_sha256(value: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of a JSON value's bytes in the form of RFC 8785.

    Raises:
        InvalidArtifact: The value holds what that form has no bytes for: a number beyond 2 ** 53, half a character.
    """
    try:
        return hashlib.sha256(rfc8785.dumps(dict(value))).hexdigest()
    except ValueError as error:  # the library's own, and that of half a character
        raise InvalidArtifact(f"there is no canonical form: {error}") from error


def command_ids(commands: Sequence[Mapping[str, Any]]) -> list[str]:
    """An id for each command, in order: its name; where another has taken that, the name with ``#2``, ``#3``, …."""
    taken: list[str] = []
    named = {command["name"] for command in commands}
    for command in commands:
        name, number = str(command["name"]), 1
        identifier = name
        while identifier in taken or (number > 1 and identifier in named):
            number += 1
            identifier = f"{name}#{number}"
        taken.append(identifier)
    return taken


def of_runner(runner: Mapping[str, Any], registry_path: str, registry_version: int) -> dict[str, Any]:
    """The ``execution_intent`` of a certificate for a runner of a registry, its lists as in `normalized`."""
    return {**normalized(runner), "registry_ref": {"path": registry_path, "version": registry_version}}
