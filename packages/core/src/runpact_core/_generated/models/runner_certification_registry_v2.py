# Generated from contracts/runner_certification_registry.v2.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of runner_certification_registry 2."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr
from runpact_core._record import Record


class RunnerEntrypoints(Record):
    """
    How the runner is called, and where it comes from.
    """

    public_adapter: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    The program that takes the runner's commands, one word; a leading slash means the project.
    """
    implementation_repo: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    The repository that implements the runner.
    """


class RegisteredCommand(Record):
    """
    One command of the runner and how it may end.
    """

    name: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Name of the command, which the adapter gets as its first word.
    """
    args: list[StrictStr]
    """
    Its arguments, word by word; no shell reads them.
    """
    expect_exit: Annotated[list[StrictInt], Field(min_length=1)]
    """
    The exit codes with which it passes.
    """
    timeout_s: Annotated[StrictInt | None, Field(ge=1, le=86400)] = None
    """
    Seconds after which it is ended, and has failed.
    """


class CheckPlugin(Record):
    """
    How one required check or case is made.
    """

    check: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    The check or case, as the runner's lists name it.
    """
    plugin: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Name of the plug-in, as installed; `command` is built in.
    """
    settings: dict[str, Any] | None = None
    """
    What the plug-in gets. An extension point: the plug-in's authors may add fields of any name and value; `command` takes `args`, `expect_exit` and `timeout_s`.
    """


class CertificateOutputs(Record):
    """
    Where certificates are written.
    """

    json_out: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Path of the certificate; `{runner}` is the runner's id, a leading slash means the project.
    """
    md_out: Annotated[StrictStr, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")]
    """
    Path of the certificate in Markdown, in the same form.
    """


class StatusExchange(Record):
    """
    Where the runner's report is found, and how old it may be.
    """

    source_kind: Literal["release_asset", "file", "folder"]
    """
    Where the runner's report lies: `release_asset`, at the newest release, which an API names; `file`, under a `file:` URL; `folder`, in a folder.
    """
    release_api_url: Annotated[StrictStr | None, Field(max_length=2048, pattern="^[^\\x00-\\x20\\x7f]+$")] = None
    """
    Address of the newest release's metadata, in the form of GitHub's API.
    """
    file_url: Annotated[StrictStr | None, Field(max_length=2048, pattern="^[^\\x00-\\x20\\x7f]+$")] = None
    """
    The `file:` URL of the report; `{runner}` is the runner's id. Without a slash behind `file:` it starts at the project.
    """
    folder: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Path of the folder with the report; `{runner}` is the runner's id, a leading slash means the project.
    """
    report_asset_name: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    File name of the report.
    """
    matrix_role: Literal["required", "compatibility"] | None = None
    """
    Which part the runner has in the matrix, in agreement with its class.
    """
    freshness_slo_hours: Annotated[StrictInt | None, Field(ge=1, le=87600)] = None
    """
    Hours after which a report is stale, whatever it says itself.
    """


class PublishIntent(Record):
    """
    What the runner's own repository means with what it publishes.
    """

    freshness_hours: Annotated[StrictInt, Field(ge=1, le=87600)]
    """
    Hours for which a report is meant to be relied on, from when it is made.
    """


class RegisteredRunner(Record):
    """
    One runner.
    """

    runner_id: Annotated[StrictStr, Field(max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """
    Slug of a runner; it is also part of the names of the runner's files.
    """
    class_: Annotated[Literal["required", "compatibility_non_blocking"], Field(alias="class")]
    """
    What the runner's failures do: `required`, they block; `compatibility_non_blocking`, they are only told.
    """
    status: Literal["active", "planned", "disabled"]
    """
    Whether the runner takes part: `active`, it does; `planned`, not yet; `disabled`, not any more. The latter two are shown, and never fail.
    """
    owner: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Who answers for the runner, for people.
    """
    entrypoints: RunnerEntrypoints
    required_core_checks: list[StrictStr] | None = None
    """
    Names of the checks that must pass for a certificate.
    """
    required_core_cases: list[StrictStr] | None = None
    """
    The cases that must pass for a certificate, each a path with the case's id behind a number sign.
    """
    command_contract_subset: list[RegisteredCommand] | None = None
    """
    The commands of the runner that are run for a certificate.
    """
    check_plugins: list[CheckPlugin] | None = None
    """
    How required checks and cases are made that Runpact has no knowledge of.
    """
    artifact_contract: CertificateOutputs | None = None
    status_exchange: StatusExchange | None = None
    publish: PublishIntent | None = None


class RunnerCertificationRegistry(Record):
    """
    The runners that a project knows: who implements each, whether its failures block, what it is asked to do for its certificate, and where it publishes its status.
    """

    version: StrictInt
    """
    Version of this contract that the document follows.
    """
    certificate_schema_ref: Annotated[StrictStr | None, Field(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]+$")] = None
    """
    Path of the schema that certificates follow; a leading slash means the project.
    """
    runners: list[RegisteredRunner]
    """
    The runners; no two have the same id.
    """
