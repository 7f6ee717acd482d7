# Generated from contracts/ by codegen.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of every contract's newest version."""

from __future__ import annotations

from runpact_core._generated.models.capture_v1_0 import (
    Capture,
    CapturedArtifact,
    CapturedExcerpt,
    CaptureError,
    CaptureLimitsApplied,
    CaptureLimitsAsked,
    TruncationLedger,
)
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
from runpact_core._generated.models.failure_v1_0 import (
    Failure,
    FailureArtifact,
    FailureEvidence,
)
from runpact_core._generated.models.history_record_v1_0 import (
    HistoryRecord,
    HistoryTestCounts,
)
from runpact_core._generated.models.history_view_v1_0 import (
    HistoryProblem,
    HistoryView,
    ViewedRecord,
)
from runpact_core._generated.models.last_run_v0_2 import (
    BananaEconomy,
    Coverage,
    KillSwitch,
    LastRun,
    LastRunEvidence,
    LastRunMetrics,
    LastRunTestCounts,
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
from runpact_core._generated.models.report_check_v1_0 import (
    CheckedRule,
    ReportCheck,
)
from runpact_core._generated.models.run_diff_v1_0 import (
    ComparedRun,
    RunChange,
    RunDiff,
)
from runpact_core._generated.models.run_findings_v1_0 import (
    RunFinding,
    RunFindings,
    VerifiedRun,
)
from runpact_core._generated.models.run_list_v1_0 import (
    ListedRun,
    RunList,
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
from runpact_core._generated.models.run_view_v1_0 import (
    RunView,
)
from runpact_core._generated.models.schema_catalog_v1 import (
    SchemaCatalog,
    SchemaEntry,
)
from runpact_core._generated.models.test_report_v1_0 import (
    TestAttachment,
    TestAttempt,
    TestCase,
    TestCaseInsights,
    TestEnvironment,
    TestMetric,
    TestReport,
    TestReportBaseline,
    TestReportInsights,
    TestResults,
    TestStep,
    TestSummary,
    TestTool,
)

__all__ = [
    "BananaEconomy",
    "Capture",
    "CaptureError",
    "CaptureLimitsApplied",
    "CaptureLimitsAsked",
    "CapturedArtifact",
    "CapturedExcerpt",
    "Check",
    "CheckSummary",
    "CheckedRule",
    "Checks",
    "ComparedRun",
    "Compatibility",
    "CompatibilityExample",
    "CompatibilityMatrix",
    "CompatibilityResult",
    "Coverage",
    "Env",
    "Exit",
    "Failure",
    "FailureArtifact",
    "FailureEvidence",
    "Git",
    "HistoryProblem",
    "HistoryRecord",
    "HistoryTestCounts",
    "HistoryView",
    "Host",
    "Interruption",
    "KillSwitch",
    "LastRun",
    "LastRunEvidence",
    "LastRunMetrics",
    "LastRunTestCounts",
    "ListedRun",
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
    "ReportCheck",
    "Run",
    "RunChange",
    "RunDiff",
    "RunFinding",
    "RunFindings",
    "RunInput",
    "RunList",
    "RunOutput",
    "RunView",
    "SchemaCatalog",
    "SchemaEntry",
    "TestAttachment",
    "TestAttempt",
    "TestCase",
    "TestCaseInsights",
    "TestEnvironment",
    "TestMetric",
    "TestReport",
    "TestReportBaseline",
    "TestReportInsights",
    "TestResults",
    "TestStep",
    "TestSummary",
    "TestTool",
    "Trigger",
    "TruncationLedger",
    "VerifiedRun",
    "ViewedRecord",
]
