# Generated from contracts/upgrade_report.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of upgrade_report 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record


class UpgradeCounts(Record):
    """
    How many files and folders have each outcome.
    """

    planned: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Files that would be upgraded.
    """
    upgraded: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Files that were upgraded.
    """
    left: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Files that stay at an earlier version.
    """
    live: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Folders that a run is being recorded in.
    """
    newer: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Files of a version later than any known.
    """
    unreadable: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Files that are named like a document and are none.
    """
    failed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Files that could not be written.
    """


class UpgradeDocument(Record):
    """
    One file, or one folder that is left alone.
    """

    path: StrictStr
    """
    Where it is, as it was reached; bytes that are no UTF-8 are shown escaped.
    """
    outcome: Literal["planned", "upgraded", "left", "live", "newer", "unreadable", "failed"]
    """
    What becomes of a file: `planned`, it would be upgraded; `upgraded`, it was; `left`, it is not of the newest version and stays so, for the reason that is given; `live`, a folder that a run is being recorded in, with all that is in it; `newer`, it states a version later than any known; `unreadable`, it is named like a document and is none; `failed`, it could not be written, and is as it was.
    """
    contract: StrictStr | None = None
    """
    Name of its contract; of JSON Lines, that of the first line that is to be upgraded.
    """
    from_version: StrictStr | None = None
    """
    The version that it states, or that its shape says.
    """
    to_version: StrictStr | None = None
    """
    The version that was asked for.
    """
    lines: Annotated[StrictInt | None, Field(ge=1, le=9007199254740991)] = None
    """
    How many lines of JSON Lines are to be upgraded.
    """
    message: StrictStr
    """
    Why it has this outcome, in one sentence; empty where nothing is to be said.
    """


class UpgradeReport(Record):
    """
    Which documents of files and folders are not of the newest version of their contract, and what became of them, as `runpact contracts upgrade --json` prints it.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    applied: StrictBool
    """
    Whether files were written; otherwise the report says what would be.
    """
    files: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of regular files that were looked at.
    """
    newest: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    How many of them hold a document of the version that was asked for, or of a later one.
    """
    other: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    How many of them hold no document that was asked for; nothing more is said of them.
    """
    counts: UpgradeCounts
    documents: list[UpgradeDocument]
    """
    Every file and folder that has something to be told of it, by path.
    """
    notes: list[StrictStr]
    """
    What was not looked at, and what is to be done besides.
    """
