"""The documents that are judged: each kind of change of each place, no fewer than promised, the same ones each time."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from evolution import corpus, generate, mutate
from runpact_core import documents
from tests.contracts.examples import examples


@pytest.mark.parametrize("name", ["pins@1.0", "report_check@1.0"])
def test_no_kind_of_change_is_left_out(name: str) -> None:
    """All that can be changed in a made or published document, whole as it is, is changed in a judged one."""
    (version,) = documents.find_contract(name)
    schema = json.loads(documents.schema(version))
    published = examples(version)
    judged = list(corpus.corpus(version, published))
    bases = [base.value for base in generate.base_documents(schema)]
    bases += [json.loads(example.data) for example in published if example.valid]
    kinds = {change.what for base in bases for change in mutate.changes(base, schema)}
    assert kinds == {exhibit.what for exhibit in judged if exhibit.origin == "mutated"}
    assert len(kinds) > 300
    assert len(judged) >= corpus.LEAST
    assert [exhibit.what for exhibit in judged if exhibit.origin == "published"] == [
        f"example {example.name}" for example in published
    ]
    made = [exhibit.document for exhibit in judged if exhibit.origin == "generated"]
    assert made[:3] == bases[:3]


def test_the_documents_are_the_same_each_time() -> None:
    """What is judged depends on the contract and its examples alone, and most of it differs from all else."""
    (version,) = documents.find_contract("checks@0.2")
    first, again = (list(corpus.corpus(version, examples(version))) for _ in range(2))
    assert first == again
    assert len({repr(exhibit.document) for exhibit in first}) > 0.7 * len(first)


def test_texts_are_changed_a_few_times() -> None:
    """A kind of change of a text is tried with up to four texts, each once; of any other value once."""
    (version,) = documents.find_contract("pins@1.0")
    schema = json.loads(documents.schema(version))
    bases = [base.value for base in generate.base_documents(schema)]
    small = list(corpus._small(bases, schema))
    times = Counter(change.what for change in small)
    texts = {change.what for change in small if isinstance(change.value, str)}
    assert max(times.values()) == 4
    assert {what for what, number in times.items() if number > 1} <= texts
    assert len({(change.what, repr(change.value)) for change in small}) == len(small)
