# Generated from contracts/history_view.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of history_view 1.0."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt, StrictStr
from runpact_core._record import Record


class ViewedRecord(Record):
    """
    One record as it stands in the history. An extension point: producers may add whatever the contract `history_record` admits, in any of its versions.
    """

    run_rel: StrictStr
    """
    Path of the run's folder, from the folder of the history.
    """
    status: StrictStr
    """
    How the run ended, in the words of whoever recorded it.
    """


class HistoryProblem(Record):
    """
    One place of the history that holds no record.
    """

    path: StrictStr
    """
    The file, as it was reached; bytes that are no UTF-8 are shown escaped.
    """
    line: Annotated[StrictInt | None, Field(ge=1, le=9007199254740991)] = None
    """
    Number of the line, from 1; lines are counted by line feeds.
    """
    message: StrictStr
    """
    What is wrong with it, for people.
    """


class HistoryView(Record):
    """
    A run history as `runpact history show --json` prints it: its records, and every line of it that is none.
    """

    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    records: list[ViewedRecord]
    """
    The records that fit every filter, in order.
    """
    omitted: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of records that fit every filter, too, and were left out since a limit was given.
    """
    problems: list[HistoryProblem]
    """
    What could not be read, in the order in which it was met.
    """
