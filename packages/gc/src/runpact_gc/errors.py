"""What can go wrong while artifacts are kept, moved and compacted, beyond what the hub names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_core.errors import Refused, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._model import Finding

__all__ = ["BrokenJournal", "LockLost", "PartialScan", "PlanChanged", "StoreInUse", "TooManyFiles", "UnknownEntry"]


class BrokenJournal(Refused):
    """The journal of an interrupted operation says what no operation writes, or was damaged; it is kept aside."""

    code = "broken-journal"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"the journal of an interrupted operation cannot be believed: {reason}",
            hint=f"it is kept as {path}; compare the trash with its reports (runpact artifacts verify), then try again",
        )
        self.path = path


class LockLost(Refused):
    """The lock file was removed or replaced while its lock was held, so another may believe to hold it."""

    code = "lock-lost"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} was removed or replaced while it was locked; nothing more is changed", hint="try again"
        )
        self.path = path


class PartialScan(Refused):
    """Something could not be read, so no plan is made: what is not seen cannot be protected."""

    code = "partial-scan"

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
        where = "" if first.path == "." else f"{first.path}: "  # of the whole project: the message names the folder
        super().__init__(f"{where}{first.message}{more}; nothing is planned", hint="mend it, then try again")
        self.findings = tuple(findings)


class PlanChanged(Refused):
    """What would be done now is not what was shown, so nothing was done."""

    code = "plan-changed"

    def __init__(self, shown: str, now: str) -> None:
        super().__init__("the store changed since the plan was shown", hint="look at the new plan, then try again")
        self.shown = shown
        self.now = now


class StoreInUse(Refused):
    """Another process holds the lock of the store."""

    code = "store-in-use"

    def __init__(self, holder: str) -> None:
        super().__init__(f"the store is in use by {holder}", hint="try again when that has ended")
        self.holder = holder


class UnknownEntry(UsageFailure):
    """No entry, slot or operation has this id, or more than one begins with it."""

    code = "unknown-entry"

    def __init__(self, given: str, candidates: Sequence[str] = ()) -> None:
        if candidates:
            super().__init__(
                f"{given} begins {len(candidates)} ids", hint=f"say more of it: {', '.join(candidates[:5])}"
            )
        else:
            super().__init__(f"there is no entry {given}", hint="see runpact artifacts list")
        self.given = given
        self.candidates = tuple(candidates)


class TooManyFiles(Refused):
    """A scan found more files than it may, and stopped; what was known before still stands."""

    code = "too-many-files"

    def __init__(self, most: int) -> None:
        hint = "set indexing.max_files_per_scan higher, or make the patterns match less"
        super().__init__(f"the scan found more than {most} files and stopped", hint=hint)
        self.most = most
