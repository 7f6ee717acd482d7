"""Secrets that nobody registered are found by their shapes: how many of them, how seldom wrongly, how fast."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runpact_core import redact
from runpact_core._tokens import KINDS, RULES
from tests.core.token_samples import HARMLESS, SAMPLES

FRAMES = ["{}", "error: {} is no good\n", '{{"t": "{}"}}', "x='{}'", "a\n{}\nb", "({})", "`{}`", "<{}>"]
SIGNS = sorted({sign for _, signs, _ in RULES for sign in signs})


@pytest.mark.parametrize(
    ("kind", "before", "secret"), SAMPLES, ids=[f"{kind}-{i}" for i, (kind, _, _) in enumerate(SAMPLES)]
)
def test_every_known_shape(kind: str, before: str, secret: str) -> None:
    """R-04: recall is 100 % of the listed shapes, in each frame; what stands before stays, the kind is counted."""
    for frame in FRAMES if not before else ["{}", "error: {}\n"]:
        text = frame.format(before + secret)
        found = redact.sanitize(text)
        body = max(re.split(r"[@\s:]", secret.removeprefix("://")), key=len)
        assert body not in found.text, frame
        assert before in found.text
        assert "***" in found.text
        assert found.counts[kind] == 1, (frame, found)


def test_the_figures() -> None:
    """R-04: the documentation says how many shapes and samples there are; each kind has a sample."""
    signs = sum(len(signs) for _, signs, _ in RULES)
    page = " ".join((Path(__file__).parents[2] / "docs" / "concepts.md").read_text(encoding="utf-8").split())
    assert f"{len(RULES)} rules with {signs} signs" in page
    assert f"its {len(SAMPLES)} samples and to none of {len(HARMLESS)} texts" in page
    assert {kind for kind, _, _ in SAMPLES} == set(KINDS)


@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
def test_harmless_texts_stay(text: str) -> None:
    """R-04: no false positive in digests, ids, paths, versions, pictures and the lines of usual logs."""
    assert redact.sanitize(text) == redact.Sanitized(text, {})


PIECES = [
    *(secret for _, _, secret in SAMPLES[::3]),
    *(before + secret for _, before, secret in SAMPLES if before),
    *SIGNS,
    *("***", "*", "-", "_", " ", "@", "a", "://", ":", "password=", "Bearer ", "\n", ".org", "x1", "=", '"'),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_twice_is_once(pieces: list[str]) -> None:
    """What was sanitized has nothing more to sanitize, however secrets, marks and boundaries meet."""
    once = redact.sanitize("".join(pieces))
    assert redact.sanitize(once.text) == (once.text, {})


@pytest.mark.parametrize("sign", [*SIGNS, "password=", "-----BEGIN PRIVATE KEY-----", "a@a.", "eyJa.", "Bearer a", "a"])
def test_hostile_texts_take_linear_time(sign: str) -> None:
    """A long row of what a rule looks for, and of what may follow it, takes a moment: a square would take minutes."""
    begun = time.process_time()
    for text in (sign * (100_000 // len(sign)), sign + "a" * 100_000, sign + "A2" * 50_000, sign + " " * 100_000):
        redact.sanitize(text)
    assert time.process_time() - begun < 3


def test_what_stays_and_what_is_counted() -> None:
    """R-07: one mark whatever the length; the parts that are no secret stay; kinds are counted."""
    key = "ghp_" + "A1" * 18
    found = redact.sanitize(f"https://mia:{'x' * 30}@example.org/ {key} {key} mail to mia@example.org")
    assert found.text == "https://***@example.org/ *** *** mail to ***"
    assert found.counts == {"email": 1, "github": 2, "url-credentials": 1}
    assert redact.sanitize("") == ("", {})
