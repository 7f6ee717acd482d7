# Generated from contracts/manifest.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of manifest 1.0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from runpact_core._record import Record, UtcTime


class ManifestOdd(Record):
    """
    A run whose family or run id is not what its folder's name says.
    """

    name: Annotated[StrictStr, Field(min_length=1)]
    """
    The run folder.
    """
    family: StrictStr
    """
    What it counts in, instead of the middle of its name.
    """
    run_id: StrictStr | None = None
    """
    Its run id.
    """


class ManifestBelow(Record):
    """
    The folders in a run.
    """

    name: Annotated[StrictStr, Field(min_length=1)]
    """
    The run folder.
    """
    folders: list[StrictStr]
    """
    Inode, newest change in nanoseconds since 1970, and path from the run folder, of each.
    """


class ManifestDigests(Record):
    """
    The files of a run.
    """

    name: Annotated[StrictStr, Field(min_length=1)]
    """
    The run folder.
    """
    files: list[StrictStr]
    """
    sha256 in hex (`-` where it was not taken), size in bytes, modification time in nanoseconds since 1970, path.
    """


class ManifestGroup(Record):
    """
    One run of a family by glob patterns.
    """

    family: Annotated[StrictStr, Field(min_length=1)]
    """
    Name of the patterns that match its files, as the configuration has it.
    """
    key: Annotated[StrictStr, Field(min_length=1)]
    """
    What its id is made of beside the family, the run id that its files share, or a path.
    """
    run_id: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Its run id.
    """
    path: Annotated[StrictStr, Field(min_length=1)]
    """
    Its one file, or the folder that all its files share, from the project.
    """
    status: Literal["pass", "fail", "partial", "unknown"]
    """
    How a run ended, as its documents, else its names say.
    """
    time_s: Annotated[StrictInt, Field(ge=-9007199254740991, le=9007199254740991)]
    """
    When it ran, in seconds since 1970.
    """
    time_from: Literal["name", "mtime"]
    """
    What says when a run was.
    """
    files: list[StrictStr]
    """
    sha256 in hex (`-` where it was not taken), size in bytes, modification time in nanoseconds since 1970, path.
    """


class ManifestPointer(Record):
    """
    A document that is kept, and what it points to.
    """

    path: Annotated[StrictStr, Field(min_length=1)]
    """
    The document, from the project.
    """
    target: Annotated[StrictStr, Field(min_length=1)]
    """
    The path it points to, from the project, or the run id it names.
    """


class ManifestFinding(Record):
    """
    Something that a scan noticed.
    """

    name: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    The run folder it was noticed in.
    """
    kind: Annotated[StrictStr, Field(max_length=50, pattern="^[a-z][a-z-]*$")]
    """
    What kind of thing.
    """
    path: StrictStr
    """
    Where, from the project.
    """
    message: StrictStr
    """
    One sentence for people.
    """


class ManifestFolder(Record):
    """
    One folder that holds run folders, with the runs in it. All columns have one value for each name.
    """

    path: Annotated[StrictStr, Field(min_length=1)]
    """
    The folder, from the project.
    """
    layout: Literal["dash", "runs"]
    """
    How the runs of a folder lie.
    """
    family: StrictStr
    """
    The product; of layout `runs` the family of a run that names none.
    """
    stamp: Annotated[StrictStr, Field(max_length=60, pattern="^[0-9]+ [0-9]+$")]
    """
    Inode and newest change, in nanoseconds since 1970, of the folder; `0 0` where it must be listed again.
    """
    names: list[StrictStr]
    """
    The run folders, by name. In layout `runs` the middle of a run id is the family.
    """
    ids: Annotated[StrictStr, Field(max_length=1073741824, pattern="^([0-9a-f]{12})*$")]
    """
    Their ids, 12 hexadecimal digits each, one after the other.
    """
    statuses: Annotated[StrictStr, Field(max_length=1073741824, pattern="^[pfhu]*$")]
    """
    One letter each: `p` pass, `f` fail, `h` partial, `u` unknown.
    """
    time_sources: Annotated[StrictStr, Field(max_length=1073741824, pattern="^[dnm]*$")]
    """
    What says the time, one letter each: `d` a document, `n` the name, `m` the newest modification.
    """
    complete: Annotated[StrictStr, Field(max_length=1073741824, pattern="^[yn]*$")]
    """
    Whether the run is complete, `y` or `n` each.
    """
    live: Annotated[StrictStr, Field(max_length=1073741824, pattern="^[yn]*$")]
    """
    Whether the run was being written, `y` or `n` each.
    """
    times_s: Annotated[StrictStr, Field(max_length=1073741824, pattern="^(-?[0-9]+( -?[0-9]+)*)?$")]
    """
    When they ran, in seconds since 1970, separated by spaces like all that follows.
    """
    sizes_bytes: Annotated[StrictStr, Field(max_length=1073741824, pattern="^([0-9]+( [0-9]+)*)?$")]
    """
    Sums of the sizes of their files, in bytes.
    """
    file_counts: Annotated[StrictStr, Field(max_length=1073741824, pattern="^([0-9]+( [0-9]+)*)?$")]
    """
    Numbers of their files.
    """
    newest_ns: Annotated[StrictStr, Field(max_length=1073741824, pattern="^(-?[0-9]+( -?[0-9]+)*)?$")]
    """
    Newest modification times of anything in them, in nanoseconds since 1970.
    """
    inodes: Annotated[StrictStr, Field(max_length=1073741824, pattern="^([0-9]+( [0-9]+)*)?$")]
    """
    Inodes of the run folders; 0 where the run must be looked at again.
    """
    changes_ns: Annotated[StrictStr, Field(max_length=1073741824, pattern="^([0-9]+( [0-9]+)*)?$")]
    """
    Their newest changes, in nanoseconds since 1970; 0 where the run must be looked at again.
    """
    odd: list[ManifestOdd]
    """
    Runs whose family or run id is not what the name says.
    """
    below: list[ManifestBelow]
    """
    The folders in those runs that have some.
    """
    digests: list[ManifestDigests]
    """
    The files of runs, where the configuration asks for their digests.
    """
    others: list[StrictStr]
    """
    Names of folders that are no runs, or no longer; they are looked at each time.
    """
    findings: list[ManifestFinding]
    """
    What was noticed in here.
    """


class Manifest(Record):
    """
    What the newest scan of a project found: a cache, which a scan rebuilds from the files, and on whose word nothing is deleted. A hundred thousand runs must load in a fraction of a second, so the runs of a folder stand in columns: one text for each fact, in the order of the runs' names. Everywhere in names and paths a backslash is written twice, and half a character (a byte that is no UTF-8) as a backslash, `u` and four hexadecimal digits.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    schema_version: StrictStr
    """
    Version of this contract that the document follows.
    """
    tool_version: Annotated[StrictStr, Field(max_length=100, min_length=1)]
    """
    Release of Runpact that wrote it; another release scans anew.
    """
    checksum: Annotated[StrictStr, Field(max_length=64, pattern="^[0-9a-f]{64}$")]
    """
    sha256, in hex, of this file with 64 zeros in place of this value; a file that it does not fit is not used.
    """
    settings: Annotated[StrictStr, Field(max_length=64, pattern="^[0-9a-f]{64}$")]
    """
    sha256, in hex, of the settings and places that shape a scan; with others a scan starts from nothing.
    """
    scanned_utc: UtcTime
    """
    When the scan began, in UTC.
    """
    folders: list[ManifestFolder]
    """
    The folders that hold run folders.
    """
    groups: list[ManifestGroup]
    """
    The entries of families by glob patterns.
    """
    pointers: list[ManifestPointer]
    """
    What kept documents point to.
    """
    findings: list[ManifestFinding]
    """
    What was noticed outside the folders of runs.
    """
