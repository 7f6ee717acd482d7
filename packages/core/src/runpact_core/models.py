# Generated from contracts/ by codegen.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of every contract's newest version."""

from __future__ import annotations

from runpact_core._generated.models.artifact_explanation_v1_0 import (
    ArtifactExplanation,
    ExplainedEntry,
    ExplainedNeighbour,
    ExplainedReason,
)
from runpact_core._generated.models.artifact_list_v1_0 import (
    ArtifactList,
    ListedArtifact,
    ListedFinding,
    ListedTotal,
)
from runpact_core._generated.models.artifacts_config_v1_0 import (
    ArtifactsConfig,
    CompactionSettings,
    GcSettings,
    IndexingSettings,
    JsonlSettings,
    LayoutRules,
    ManifestSettings,
    MarkdownSettings,
    RetentionRule,
    StatusRule,
)
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
from runpact_core._generated.models.compaction_report_v1_0 import (
    CompactedFamily,
    CompactedFile,
    CompactionReport,
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
from runpact_core._generated.models.gc_journal_v1_0 import (
    EndingSlot,
    GcJournal,
    IntendedEntry,
    IntendedMove,
    IntendedReason,
)
from runpact_core._generated.models.gc_plan_v1_0 import (
    GcPlan,
    PlannedDecision,
    PlannedFamily,
    PlannedPurge,
    PlannedReason,
    PlanSummary,
)
from runpact_core._generated.models.gc_report_v1_0 import (
    GcMove,
    GcReport,
    MovedEntry,
    MovedFile,
    MovedReason,
    PurgedSlot,
    SkippedEntry,
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
from runpact_core._generated.models.manifest_v1_0 import (
    Manifest,
    ManifestBelow,
    ManifestDigests,
    ManifestFinding,
    ManifestFolder,
    ManifestGroup,
    ManifestOdd,
    ManifestPointer,
)
from runpact_core._generated.models.open_run_v1_0 import (
    OpenEnv,
    OpenGit,
    OpenHost,
    OpenRun,
    OpenTrigger,
)
from runpact_core._generated.models.pins_v1_0 import (
    Pin,
    Pins,
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
from runpact_core._generated.models.trash_list_v1_0 import (
    TrashList,
    TrashSlot,
)
from runpact_core._generated.models.verify_report_v1_0 import (
    VerifyCounts,
    VerifyFinding,
    VerifyReport,
)

__all__ = [
    "ArtifactExplanation",
    "ArtifactList",
    "ArtifactsConfig",
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
    "CompactedFamily",
    "CompactedFile",
    "CompactionReport",
    "CompactionSettings",
    "ComparedRun",
    "Compatibility",
    "CompatibilityExample",
    "CompatibilityMatrix",
    "CompatibilityResult",
    "Coverage",
    "EndingSlot",
    "Env",
    "Exit",
    "ExplainedEntry",
    "ExplainedNeighbour",
    "ExplainedReason",
    "Failure",
    "FailureArtifact",
    "FailureEvidence",
    "GcJournal",
    "GcMove",
    "GcPlan",
    "GcReport",
    "GcSettings",
    "Git",
    "HistoryProblem",
    "HistoryRecord",
    "HistoryTestCounts",
    "HistoryView",
    "Host",
    "IndexingSettings",
    "IntendedEntry",
    "IntendedMove",
    "IntendedReason",
    "Interruption",
    "JsonlSettings",
    "KillSwitch",
    "LastRun",
    "LastRunEvidence",
    "LastRunMetrics",
    "LastRunTestCounts",
    "LayoutRules",
    "ListedArtifact",
    "ListedFinding",
    "ListedRun",
    "ListedTotal",
    "LogCount",
    "Manifest",
    "ManifestBelow",
    "ManifestDigests",
    "ManifestFinding",
    "ManifestFolder",
    "ManifestGroup",
    "ManifestOdd",
    "ManifestPointer",
    "ManifestSettings",
    "MarkdownSettings",
    "Masking",
    "MovedEntry",
    "MovedFile",
    "MovedReason",
    "OpenEnv",
    "OpenGit",
    "OpenHost",
    "OpenRun",
    "OpenTrigger",
    "Pin",
    "Pins",
    "PlanSummary",
    "PlannedDecision",
    "PlannedFamily",
    "PlannedPurge",
    "PlannedReason",
    "PrWave",
    "Product",
    "Products",
    "PurgedSlot",
    "ReportCheck",
    "RetentionRule",
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
    "SkippedEntry",
    "StatusRule",
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
    "TrashList",
    "TrashSlot",
    "Trigger",
    "TruncationLedger",
    "VerifiedRun",
    "VerifyCounts",
    "VerifyFinding",
    "VerifyReport",
    "ViewedRecord",
]
