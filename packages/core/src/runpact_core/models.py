# Generated from contracts/ by codegen.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of every contract's newest version."""

from __future__ import annotations

from runpact_core._generated.models.checks_v0_2 import (
    Check,
    Checks,
    CheckSummary,
)
from runpact_core._generated.models.compatibility_v1_0 import (
    Compatibility,
    CompatibilityExample,
    CompatibilityMatrix,
    CompatibilityResult,
)
from runpact_core._generated.models.last_run_v0_1 import (
    BananaEconomy,
    KillSwitch,
    LastRun,
    LastRunEvidence,
    PrWave,
)
from runpact_core._generated.models.open_run_v1_0 import (
    OpenEnv,
    OpenGit,
    OpenHost,
    OpenRun,
    OpenTrigger,
)
from runpact_core._generated.models.products_v0_1 import (
    Product,
    Products,
)
from runpact_core._generated.models.run_v0_2 import (
    Env,
    Exit,
    Git,
    Host,
    Interruption,
    LogCount,
    Masking,
    Run,
    RunInput,
    RunOutput,
    Trigger,
)
from runpact_core._generated.models.schema_catalog_v1 import (
    SchemaCatalog,
    SchemaEntry,
)

__all__ = [
    "BananaEconomy",
    "Check",
    "CheckSummary",
    "Checks",
    "Compatibility",
    "CompatibilityExample",
    "CompatibilityMatrix",
    "CompatibilityResult",
    "Env",
    "Exit",
    "Git",
    "Host",
    "Interruption",
    "KillSwitch",
    "LastRun",
    "LastRunEvidence",
    "LogCount",
    "Masking",
    "OpenEnv",
    "OpenGit",
    "OpenHost",
    "OpenRun",
    "OpenTrigger",
    "PrWave",
    "Product",
    "Products",
    "Run",
    "RunInput",
    "RunOutput",
    "SchemaCatalog",
    "SchemaEntry",
    "Trigger",
]
