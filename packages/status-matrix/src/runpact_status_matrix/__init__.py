"""Certificates of runners, their status reports, and the matrix of many.

from runpact_status_matrix import CertifyRequest, certify, verify_certificate
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_status_matrix._version import __version__

if TYPE_CHECKING:
    from runpact_status_matrix._certify import Certified, CertifyRequest, certify
    from runpact_status_matrix._checks import CheckOutcome, CheckRequest, Plugins, Ran
    from runpact_status_matrix._intent import intent_hash
    from runpact_status_matrix._keys import KeyPair, keygen
    from runpact_status_matrix._sign import sign
    from runpact_status_matrix._verify import verify_certificate

__all__ = [
    "Certified",
    "CertifyRequest",
    "CheckOutcome",
    "CheckRequest",
    "KeyPair",
    "Plugins",
    "Ran",
    "__version__",
    "certify",
    "intent_hash",
    "keygen",
    "sign",
    "verify_certificate",
]

_HOMES = {
    "Certified": "_certify",
    "CertifyRequest": "_certify",
    "CheckOutcome": "_checks",
    "CheckRequest": "_checks",
    "KeyPair": "_keys",
    "Plugins": "_checks",
    "Ran": "_checks",
    "certify": "_certify",
    "intent_hash": "_intent",
    "keygen": "_keys",
    "sign": "_sign",
    "verify_certificate": "_verify",
}


def __getattr__(name: str) -> object:
    """Load what is asked for, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
