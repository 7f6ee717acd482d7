"""What a kind of change touches, what one expects of it, and what version number it needs.

Expectations are opinions: they are what people say of a kind of change in closed objects of records. They decide only
where no document reaches the changed place; everywhere else documents do, and a difference is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.load import version_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evolution.model import Change, Given, Kind, Level, Required, Verdict

__all__ = ["PRESENCE", "VALUES", "expected", "given", "is_enough", "levels_of", "required"]

DATA: Final[tuple[Level, ...]] = ("READ", "WRITE")
PRESENCE: Final = frozenset(
    {
        "optional-property-added",
        "required-property-added",
        "property-removed",
        "property-became-required",
        "property-became-optional",
    }
)
NAMED: Final = frozenset({"class-added", "class-removed", "class-renamed", "field-renamed"})
SILENT: Final = frozenset(
    {
        *("description-changed", "example-added", "example-removed", "example-changed"),
        *("contract-added", "version-added", "status-advanced", "entry-changed"),
    }
)
UNPROVEN: Final = frozenset(
    {"place-changed", "version-skipped", "majors-skipped", "step-missing", "step-fails", "step-loses"}
)
GONE: Final = frozenset({"contract-removed", "contract-renamed", "version-removed", "status-reverted"})

# Whether READ and WRITE survive a kind of change in a closed object of a record; None where it depends on the values.
EXPECTED: Final[Mapping[Kind, tuple[bool | None, bool | None]]] = {
    "optional-property-added": (True, True),
    "required-property-added": (None, True),  # the upgrade step may supply it
    "property-removed": (True, None),  # breaks an old reader that requires it
    "property-became-required": (None, True),
    "property-became-optional": (True, False),
    "type-widened": (True, False),
    "type-narrowed": (False, True),
    "type-changed": (False, False),
    "enum-value-added": (True, False),
    "enum-value-removed": (False, True),
    "open-enum-value-added": (True, True),
    "open-enum-value-removed": (True, True),
    "enum-opened": (True, True),
    "enum-closed": (False, True),
    "enum-added": (False, True),
    "enum-dropped": (True, False),
    "bound-tightened": (False, True),
    "bound-loosened": (True, False),
    "pattern-added": (False, True),
    "pattern-removed": (True, False),
    "pattern-changed": (None, None),
    "const-added": (False, True),
    "const-removed": (True, False),
    "const-changed": (False, False),
    "branch-added": (True, False),
    "branch-removed": (False, True),
    "object-opened": (True, True),
    "object-closed": (True, True),
    "rule-added": (True, True),
    "rule-removed": (True, True),
    "rule-changed": (True, True),
    "contract-removed": (False, None),
    "contract-renamed": (False, None),
    "version-removed": (False, None),
    "status-reverted": (False, None),
}
# The same of configuration, where it differs: it is read as strictly as it is written.
CONFIGURATION: Final[Mapping[Kind, tuple[bool | None, bool | None]]] = {
    "optional-property-added": (True, False),
    "required-property-added": (None, False),
    "property-removed": (False, None),
    "open-enum-value-added": (True, False),
    "open-enum-value-removed": (False, True),
    "enum-closed": (True, True),
    "object-opened": (True, False),
}
VALUES: Final[frozenset[str]] = frozenset(
    kind
    for kind in EXPECTED
    if kind.startswith(("type-", "enum-", "open-enum-", "bound-", "pattern-", "const-", "branch-"))
)


def levels_of(kind: Kind) -> tuple[Level, ...]:
    """The levels on which a kind of change has a verdict."""
    if kind in SILENT or kind in UNPROVEN:
        return ()
    if kind in NAMED:
        return ("API",)
    if kind in GONE:
        return ("READ",)
    return (*DATA, "API") if kind.startswith(("optional-property", "required-property", "property-removed")) else DATA


def expected(kind: Kind, level: Level, *, is_configuration: bool = False) -> bool | None:
    """Whether the level is expected to survive; None where that depends on more than the kind."""
    expectation = EXPECTED.get(kind, (None, None))
    if is_configuration:
        expectation = CONFIGURATION.get(kind, expectation)
    return expectation[DATA.index(level)] if level in DATA else None


def required(changes: Iterable[Change], verdicts: Iterable[Verdict], *, is_configuration: bool) -> Required:
    """What new version the changes need: a major where something breaks, a minor where the shape changes, else none.

    Configuration is refused by every reader that does not know its version, so new configuration and an old reader
    (WRITE) need no major.
    """
    counted = [verdict for verdict in verdicts if not (is_configuration and verdict.level == "WRITE")]
    if any(not verdict.compatible for verdict in counted):
        return "major"
    return "minor" if any(change.kind not in SILENT for change in changes) else "none"


def given(old_version: str, new_version: str) -> Given:
    """What new version there is, by the numbers."""
    if old_version == new_version:
        return "none"
    return "minor" if version_key(old_version)[0] == version_key(new_version)[0] else "major"


def is_enough(needed: Required, got: Given) -> bool:
    """Whether the version number says what the changes need; a removal is never enough."""
    order = ("none", "minor", "major")
    return got == "new" or (got != "removed" and order.index(got) >= order.index(needed))
