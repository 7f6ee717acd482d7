"""The differential certificate: what every judge said about the documents of every contract version, in numbers.

``hatch run certificate`` judges all of them and writes ``docs/differential.json`` and ``.md``;
with names of contracts it judges these and keeps the other statements. Nothing is typed and nothing has a date, so
the same contracts and judges make the same bytes. Where a judge errs there is no certificate.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, TypeAlias

from codegen.load import load
from evolution.agreement import Court, residue
from evolution.corpus import corpus
from runpact_core import documents
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from evolution.corpus import Published
    from runpact_core._catalog import Version

    Statement: TypeAlias = dict[str, Any]

__all__ = ["JSON_PATH", "JUDGES", "PAGE_PATH", "REMAKE", "JudgesDisagree", "hear", "judges", "main", "page"]

JSON_PATH = "docs/differential.json"
PAGE_PATH = "docs/differential.md"
JUDGES = ("jsonschema", "jsonschema-rs", "pydantic")
REMAKE = "./hatchw run certificate"

_INTRO = """\
<!-- Generated from contracts/ by evolution. Do not edit; `{remake}` remakes it. -->

# Differential certificate

Four judges know each contract version: the reference validator `jsonschema`, the fast validator `jsonschema-rs` that
gates at run time, the reader, and the typed model. Documents are made from each contract, each value in them is
changed in every way that a careless or hostile producer may think of, the published examples join them, and all
judges are asked about all of them. This page was made by asking, not by hand; the numbers for programs are in
[differential.json](differential.json), by the contract
[differential_certificate](contracts/differential_certificate.md).

Judges: {judges}.

* **made**, **changed**, **published**: where the documents came from.
* **strict**, **tolerant**: how many the strict view (to write) and the tolerant one (to read) admit.
* **read**, **models**: how many the reader took, and how many became a model and came back as the same bytes, which
  is all that could.
* **agreed**: on how many both validators said the same, by both views.
* **residue**: kinds of change on which they do not, each listed with its reason in
  [residue.txt](../tests/contracts/residue.txt). What is not listed there fails a test.

"""


class JudgesDisagree(RunpactError):
    """A judge erred about a document, in a way that is not listed."""

    code = "judges"
    exit_code = 1


def hear(version: Version, published: Sequence[Published]) -> tuple[Court, Statement]:
    """Put every document of one contract version before its judges; the statement says what came of it."""
    court, origins = Court(version), Counter[str]()
    for exhibit in corpus(version, published):
        origins[exhibit.origin] += 1
        court.judge(exhibit.what, exhibit.document)
    said = court.counts
    return court, {
        "contract": version.contract,
        "version": version.version,
        "documents": {origin: origins[origin] for origin in ("generated", "mutated", "published")},
        "strict": {"admitted": said["strict admits"], "refused": said["strict refuses"]},
        "tolerant": {"admitted": said["tolerant admits"], "refused": said["tolerant refuses"]},
        "reader": {
            "read": said["read"],
            "refused": said["refused"],
            "of_another_version": said["of another version"],
        },
        "models": said["models"],
        "agreed": said["agreed"],
        "residue": len(court.disagreements),
    }


def judges() -> list[dict[str, str]]:
    """The libraries that judge, and their installed versions."""
    return [{"name": name, "version": installed(name)} for name in JUDGES]


def page(certificate: dict[str, Any]) -> str:
    """The certificate for people."""
    named = ", ".join(f"{judge['name']} {judge['version']}" for judge in certificate["judges"])
    columns = ("contract", "made", "changed", "published", "strict", "tolerant", "read", "models", "agreed", "residue")
    lines = [f"| {' | '.join(columns)} |", "|---" + "|---:" * (len(columns) - 1) + "|"]
    total = Counter[str]()
    for said in certificate["contracts"]:
        documents_ = said["documents"]
        total.update(documents_, agreed=said["agreed"])
        name = f"[{said['contract']}](contracts/{said['contract']}.md) {said['version']}"
        cells = [*(documents_[origin] for origin in ("generated", "mutated", "published"))]
        cells += [said["strict"]["admitted"], said["tolerant"]["admitted"], said["reader"]["read"]]
        cells += [said["models"], said["agreed"], said["residue"]]
        lines.append(f"| {name} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    agreed, judged = total.pop("agreed"), total.total()
    summary = (
        f"Of {judged:,} documents, the validators said the same of {agreed:,}, and of all others what is listed.\n\n"
    )
    return _INTRO.format(remake=REMAKE, judges=named) + summary + "\n".join([*lines, ""])


def main(arguments: Sequence[str], root: Path) -> int:
    """Judge, and write the certificate of the project at ``root``.

    Returns:
        0 where the certificate is (now) what the judges say; 1 where it is not (``--check``), or where they err.
    """
    parser = argparse.ArgumentParser(prog=REMAKE, description="Judge documents of every contract, and write it down.")
    parser.add_argument(
        "contracts", nargs="*", metavar="CONTRACT", help="judge these alone; keep what is said of others"
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail where the certificate is stale")
    options = parser.parse_args(arguments)
    try:
        files = _files(root, options.contracts)
    except RunpactError as error:
        print(error.line(), file=sys.stderr)
        return error.exit_code
    stale = [path for path, text in files.items() if not _says(root / path, text)]
    if options.check and stale:
        print(f"error[stale]: not what the judges say: {', '.join(stale)} — run `{REMAKE}` and commit", file=sys.stderr)
        return 1
    for path in stale:
        (root / path).write_text(files[path], encoding="utf-8", newline="\n")
    print(f"wrote {', '.join(stale)}" if stale else "the certificate is up to date")
    return 0


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _files(root: Path, only: Sequence[str]) -> dict[str, str]:
    """The certificate as data and as page, by path relative to the project."""
    for name in only:
        documents.find_contract(name)
    examples = {(contract.name, contract.version): contract.examples for contract in load(root).contracts}
    chosen = [version for version in documents.catalog() if not only or version.contract in only]
    kept = json.loads((root / JSON_PATH).read_text(encoding="utf-8"))["contracts"] if only else []
    said = {(statement["contract"], statement["version"]): statement for statement in kept}
    for statement in _judged(chosen, [examples[version.contract, version.version] for version in chosen]):
        said[statement["contract"], statement["version"]] = statement
    order = [key for version in documents.catalog() if (key := (version.contract, version.version)) in said]
    certificate = {"schema_version": "1.0", "judges": judges(), "contracts": [said[key] for key in order]}
    problems = documents.validate("differential_certificate", certificate, strict=True)
    if problems:
        raise AssertionError(problems)
    return {JSON_PATH: documents.dumps(certificate).decode(), PAGE_PATH: page(certificate)}


def _judged(versions: Sequence[Version], published: Sequence[Sequence[Published]]) -> Iterable[Statement]:
    """What is said of each version, each in a process of its own as far as there are processors.

    Raises:
        JudgesDisagree: A judge errs.
    """
    names = [f"{version.contract}@{version.version}" for version in versions]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(_statement, names, published))


def _statement(name: str, published: Sequence[Published]) -> Statement:
    (version,) = documents.find_contract(name)
    court, statement = hear(version, published)
    new = sorted(court.disagreements ^ residue().get(name, set()))
    if court.faults or new:
        hint = "tests/contracts/residue.txt lists what is known; it may only shrink"
        raise JudgesDisagree(f"about {name}: {'; '.join([*court.faults, *new])}", hint=hint)
    return statement
