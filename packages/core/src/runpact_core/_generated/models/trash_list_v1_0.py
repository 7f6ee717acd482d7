# Generated from contracts/trash_list.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of trash_list 1.0."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class TrashSlot(Record):
    """
    One entry in the trash.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    slot: StrictStr
    """
    Its folder, from the trash; bytes that are no UTF-8 are shown escaped.
    """
    entry_id: StrictStr | None = None
    """
    Identifier of the entry, which `restore` takes.
    """
    family: StrictStr | None = None
    """
    The family that the entry is of.
    """
    run_id: StrictStr | None = None
    """
    Identifier of the run that the entry is.
    """
    gc_id: StrictStr | None = None
    """
    Identifier of the operation that took it, which `undo` takes.
    """
    trashed_utc: UtcTime
    """
    When it was taken; where no report names the folder, when that last changed.
    """
    due_utc: UtcTime | None = None
    """
    From when on it is purged.
    """
    due: StrictBool
    """
    Whether its time is over, by the clock and by the newest operation of this trash.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    What its end frees, in bytes; 0 where no report names the folder.
    """
    file_count: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of its files; 0 where no report names the folder.
    """
    paths: list[StrictStr]
    """
    Where it lay, from the project; bytes that are no UTF-8 are shown escaped.
    """


class TrashList(Record):
    """
    What lies in the trash, and when each part of it ends, as `runpact artifacts trash list --json` prints it.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    listed_utc: UtcTime
    """
    When the trash was looked at.
    """
    trash: StrictStr
    """
    The folder of the trash, from the project.
    """
    retention_days: Annotated[StrictInt, Field(ge=0, le=1000000)]
    """
    Number of days that what gc took stays in the trash.
    """
    slots: list[TrashSlot]
    """
    The entries in the trash, by name of their folder.
    """
    size_bytes: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Bytes of all files that lie in the trash and that a report names.
    """
    file_count: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of files that lie in the trash and that a report names.
    """
