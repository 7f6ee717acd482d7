"""The typed models: the one place that imports the model generator.

All contracts go through the generator in one call, staged in a temporary folder outside the tree, with settings of our
own: the generator's formatter would else take those of the nearest ``pyproject.toml`` above the working directory.
"""

from __future__ import annotations

import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from codegen import views

if TYPE_CHECKING:
    from codegen.load import ContractSet

GENERATOR = "datamodel-code-generator"
LINE_LENGTH = 120


def render_models(contracts: ContractSet) -> dict[str, str]:
    """Source of one module per contract version, by module name, without a header.

    Raises:
        RuntimeError: The generator made other modules than there are contracts.
    """
    with tempfile.TemporaryDirectory(prefix="runpact-codegen-") as folder:
        stage = Path(folder) / "contracts"
        stage.mkdir()
        (Path(folder) / "pyproject.toml").touch()  # the nearest one to the stage, and it sets nothing
        for contract in contracts.contracts:
            source = views.model_source(contract.source.tree, contracts.definitions)
            (stage / f"{contract.module}.json").write_text(json.dumps(source), encoding="utf-8")
        modules = _generate(stage)
    modules.pop("__init__", None)
    expected = {contract.module for contract in contracts.contracts}
    if modules.keys() != expected:
        message = f"{GENERATOR} made {sorted(modules)}, not {sorted(expected)}"
        raise RuntimeError(message)
    return modules


def generator_version() -> str:
    """Name and version of the generator, as the headers of the generated modules state it."""
    return f"{GENERATOR} {version(GENERATOR)}"


def _generate(stage: Path) -> dict[str, str]:
    from datamodel_code_generator import InputFileType, LiteralType, generate  # noqa: TID251 - the one importer
    from datamodel_code_generator.enums import DataModelType, StrictTypes, TargetPydanticVersion, VersionMode  # noqa: TID251 - the one importer
    from datamodel_code_generator.format import Formatter, PythonVersion  # noqa: TID251 - the one importer

    result = generate(
        stage,
        input_file_type=InputFileType.JsonSchema,
        schema_version="2020-12",
        schema_version_mode=VersionMode.Strict,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        target_pydantic_version=TargetPydanticVersion.V2,
        base_class="runpact_core._record.Record",
        use_annotated=True,
        field_constraints=True,
        strict_types=[StrictTypes.str, StrictTypes.int, StrictTypes.float, StrictTypes.bool],
        enum_field_as_literal=LiteralType.All,
        use_title_as_name=True,
        use_schema_description=True,
        use_field_description=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_double_quotes=True,
        strict_refs=True,
        allow_remote_refs=False,
        disable_timestamp=True,
        custom_file_header="#",
        formatters=[Formatter.BUILTIN],
        settings_path=stage,
        builtin_format_line_length=LINE_LENGTH,
    )
    if not isinstance(result, dict):
        message = f"{GENERATOR} made one text of several contracts"
        raise TypeError(message)
    return {".".join(path).removesuffix(".py"): _body(text) for path, text in result.items()}


def _body(text: str) -> str:
    """A module's text without the mark that stands for the header, ending in one line feed."""
    return f"{text.removeprefix('#').strip()}\n"
