# Generated from contracts/test_report.v1_0.yaml by codegen and datamodel-code-generator 0.89.0.
# Do not edit; `hatch run codegen` remakes it.
"""The typed models of test_report 1.0."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from runpact_core._record import Record, Time


class TestTool(Record):
    """
    What ran the tests.
    """

    name: Annotated[StrictStr, Field(min_length=1)]
    """
    Name of the tool or framework.
    """
    version: StrictStr | None = None
    """
    Version of the tool.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the tool beyond CTRF.
    """


class TestSummary(Record):
    """
    The counts and times of the run. CTRF sets no lower limit to a count; one below zero counts nothing and is refused.
    """

    tests: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests of which there is a result.
    """
    passed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that hold.
    """
    failed: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that do not hold.
    """
    skipped: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that were left out.
    """
    pending: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests that are yet to be written or to run.
    """
    other: Annotated[StrictInt, Field(ge=0, le=9007199254740991)]
    """
    Number of tests with any other outcome.
    """
    flaky: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of tests that passed after an attempt that failed.
    """
    suites: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of suites that the tests belong to.
    """
    start: Annotated[StrictInt, Field(ge=-9007199254740991, le=9007199254740991)]
    """
    When the run started, in milliseconds since the start of 1970 in UTC.
    """
    stop: Annotated[StrictInt, Field(ge=-9007199254740991, le=9007199254740991)]
    """
    When the run ended, in milliseconds since the start of 1970 in UTC.
    """
    duration: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    How long the run took, in milliseconds.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the counts beyond CTRF; under `runpact` the counts `expected`, `collected` and `reported`.
    """


class TestAttachment(Record):
    """
    A file that belongs to a test.
    """

    attachmentId: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Identifier of this mention of the file.
    """
    name: StrictStr
    """
    Name of the file, for people.
    """
    contentType: StrictStr
    """
    What the file holds, as a media type.
    """
    path: StrictStr
    """
    Path or address of the file.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the file beyond CTRF.
    """


class TestStep(Record):
    """
    One part of a test.
    """

    name: StrictStr
    """
    Name of the part, for people.
    """
    status: Literal["passed", "failed", "skipped", "pending", "other"]
    """
    How the part ended.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the part beyond CTRF.
    """


class TestEnvironment(Record):
    """
    Where the tests ran, and on what.
    """

    reportName: StrictStr | None = None
    """
    Name of the report, for people.
    """
    appName: StrictStr | None = None
    """
    Name of what was tested.
    """
    appVersion: StrictStr | None = None
    """
    Version of what was tested.
    """
    buildId: StrictStr | None = None
    """
    Identifier of the build in its CI system.
    """
    buildName: StrictStr | None = None
    """
    Name of the build or of its pipeline.
    """
    buildNumber: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    Number of the build in its CI system.
    """
    buildUrl: StrictStr | None = None
    """
    Address of the build.
    """
    repositoryName: StrictStr | None = None
    """
    Name of the repository that was tested.
    """
    repositoryUrl: StrictStr | None = None
    """
    Address of the repository that was tested.
    """
    commit: StrictStr | None = None
    """
    Commit that was tested.
    """
    branchName: StrictStr | None = None
    """
    Branch that was tested.
    """
    osPlatform: StrictStr | None = None
    """
    The operating system, in a word.
    """
    osRelease: StrictStr | None = None
    """
    Release of the operating system's kernel.
    """
    osVersion: StrictStr | None = None
    """
    Version of the operating system.
    """
    testEnvironment: StrictStr | None = None
    """
    Which of the environments of the application the tests ran against.
    """
    shardId: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Which part of a divided run the document holds.
    """
    healthy: StrictBool | None = None
    """
    Whether the producer takes the run for sound.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the environment beyond CTRF.
    """


class TestMetric(Record):
    """
    A figure over several runs and what it was before. CTRF sets no limits; this contract admits what lies between minus and plus 10^9.
    """

    current: Annotated[StrictInt | StrictFloat | None, Field(ge=-1000000000.0, le=1000000000.0)] = None
    """
    The figure now.
    """
    baseline: Annotated[StrictInt | StrictFloat | None, Field(ge=-1000000000.0, le=1000000000.0)] = None
    """
    The figure that it is compared with.
    """
    change: Annotated[StrictInt | StrictFloat | None, Field(ge=-1000000000.0, le=1000000000.0)] = None
    """
    The difference of the two.
    """


class TestCaseInsights(Record):
    """
    What several runs say about one test.
    """

    passRate: TestMetric | None = None
    """
    Share of results that hold, from 0 to 1.
    """
    failRate: TestMetric | None = None
    """
    Share of results that do not hold, from 0 to 1.
    """
    flakyRate: TestMetric | None = None
    """
    Share of results that held only after a failed attempt, from 0 to 1.
    """
    averageTestDuration: TestMetric | None = None
    """
    Mean time that the test took, in milliseconds.
    """
    p95TestDuration: TestMetric | None = None
    """
    Time that 95 of 100 executions of the test stay below, in milliseconds.
    """
    executedInRuns: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of runs in which the test was executed.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about these figures beyond CTRF.
    """


class TestReportInsights(Record):
    """
    What several runs say about the whole.
    """

    passRate: TestMetric | None = None
    """
    Share of results that hold, from 0 to 1.
    """
    failRate: TestMetric | None = None
    """
    Share of results that do not hold, from 0 to 1.
    """
    flakyRate: TestMetric | None = None
    """
    Share of results that held only after a failed attempt, from 0 to 1.
    """
    averageRunDuration: TestMetric | None = None
    """
    Mean time that a run took, in milliseconds.
    """
    p95RunDuration: TestMetric | None = None
    """
    Time that 95 of 100 runs stay below, in milliseconds.
    """
    averageTestDuration: TestMetric | None = None
    """
    Mean time that a test took, in milliseconds.
    """
    runsAnalyzed: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of runs that these figures come from.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about these figures beyond CTRF.
    """


class TestReportBaseline(Record):
    """
    The earlier report that this one is compared with.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    reportId: Annotated[StrictStr, Field(min_length=1)]
    """
    Identifier of the earlier report. CTRF asks for a UUID; any text is read.
    """
    timestamp: Time | None = None
    """
    When the earlier report was made.
    """
    source: StrictStr | None = None
    """
    Where the earlier report came from.
    """
    buildNumber: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    Number of the earlier build.
    """
    buildName: StrictStr | None = None
    """
    Name of the earlier build.
    """
    buildUrl: StrictStr | None = None
    """
    Address of the earlier build. CTRF asks for a URI; any text is read.
    """
    commit: StrictStr | None = None
    """
    Commit that the earlier report is about.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the earlier report beyond CTRF.
    """


class TestAttempt(Record):
    """
    One attempt at a test.
    """

    attempt: Annotated[StrictInt, Field(ge=1, le=9007199254740991)]
    """
    Number of the attempt; the first is 1.
    """
    attemptId: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Identifier of this attempt.
    """
    status: Literal["passed", "failed", "skipped", "pending", "other"]
    """
    How the attempt ended.
    """
    duration: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    How long the attempt took, in milliseconds.
    """
    message: StrictStr | None = None
    """
    What went wrong, in a few words.
    """
    trace: StrictStr | None = None
    """
    Where it went wrong, such as a stack trace.
    """
    line: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    Line of the file at which it went wrong.
    """
    snippet: StrictStr | None = None
    """
    The lines of code where it went wrong.
    """
    stdout: list[StrictStr] | None = None
    """
    Standard output of the attempt, line by line.
    """
    stderr: list[StrictStr] | None = None
    """
    Standard error of the attempt, line by line.
    """
    start: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    When the attempt started, in milliseconds since the start of 1970 in UTC.
    """
    stop: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    When the attempt ended, in milliseconds since the start of 1970 in UTC.
    """
    attachments: list[TestAttachment] | None = None
    """
    Files that the attempt left.
    """
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the attempt beyond CTRF.
    """


class TestCase(Record):
    """
    One test and its result.
    """

    id: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Identifier of the test, kept for old producers; `testId` is the one to use. CTRF asks for a UUID; any text is read.
    """
    testId: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Identifier of the test that stays the same from run to run.
    """
    executionId: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Identifier of this execution of the test.
    """
    name: Annotated[StrictStr, Field(min_length=1)]
    """
    Name of the test, for people.
    """
    status: Literal["passed", "failed", "skipped", "pending", "other"]
    """
    How the test ended, after all attempts.
    """
    duration: Annotated[StrictInt, Field(ge=-9007199254740991, le=9007199254740991)]
    """
    How long the test took, in milliseconds.
    """
    start: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    When the test started, in milliseconds since the start of 1970 in UTC.
    """
    stop: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    When the test ended, in milliseconds since the start of 1970 in UTC.
    """
    suite: Annotated[list[StrictStr] | None, Field(min_length=1)] = None
    """
    The suites that the test belongs to, from the outermost to the innermost.
    """
    message: StrictStr | None = None
    """
    What went wrong, in a few words.
    """
    trace: StrictStr | None = None
    """
    Where it went wrong, such as a stack trace.
    """
    snippet: StrictStr | None = None
    """
    The lines of code where it went wrong.
    """
    ai: StrictStr | None = None
    """
    What a language model made of the failure.
    """
    line: Annotated[StrictInt | None, Field(ge=-9007199254740991, le=9007199254740991)] = None
    """
    Line of the file at which the test begins, from 1.
    """
    rawStatus: StrictStr | None = None
    """
    The outcome in the runner's own words.
    """
    tags: list[StrictStr] | None = None
    """
    Words that sort the test.
    """
    labels: dict[str, Any] | None = None
    """
    Facts about the test by name. CTRF admits scalars and lists of them as values, this contract any value. An extension point: producers may add labels of any name.
    """
    type: StrictStr | None = None
    """
    What kind of test it is.
    """
    filePath: StrictStr | None = None
    """
    File that defines the test, from the folder of the project.
    """
    retries: Annotated[StrictInt | None, Field(ge=0, le=9007199254740991)] = None
    """
    Number of attempts after the first.
    """
    retryAttempts: list[TestAttempt] | None = None
    """
    The attempts, in order.
    """
    flaky: StrictBool | None = None
    """
    Whether the test passed after an attempt that failed.
    """
    stdout: list[StrictStr] | None = None
    """
    Standard output of the test, line by line.
    """
    stderr: list[StrictStr] | None = None
    """
    Standard error of the test, line by line.
    """
    threadId: StrictStr | None = None
    """
    Thread or worker that ran the test.
    """
    browser: StrictStr | None = None
    """
    Browser that the test ran in.
    """
    device: StrictStr | None = None
    """
    Device that the test ran on.
    """
    screenshot: StrictStr | None = None
    """
    One picture of the test, in base64.
    """
    attachments: list[TestAttachment] | None = None
    """
    Files that the test left.
    """
    parameters: dict[str, Any] | None = None
    """
    The values that the test was called with. An extension point: producers may add parameters of any name and value.
    """
    steps: list[TestStep] | None = None
    """
    The parts of the test, in order.
    """
    insights: TestCaseInsights | None = None
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the test beyond CTRF.
    """


class TestResults(Record):
    """
    The results of one test run.
    """

    tool: TestTool
    summary: TestSummary
    tests: list[TestCase]
    """
    One result for each test, in the order of the producer.
    """
    environment: TestEnvironment | None = None
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the results beyond CTRF.
    """


class TestReport(Record):
    """
    Results of a test run in CTRF, the common test report format, as published. CTRF carries its own version keys, so there is no `schema_version`. What the published schema says and this contract leaves looser is said at the field; an integer is written without a fraction.
    """

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
    )
    reportFormat: Literal["CTRF"]
    """
    Says that the document is CTRF.
    """
    specVersion: Annotated[StrictStr, Field(max_length=100, pattern="^[0-9]+\\.[0-9]+\\.[0-9]+$")]
    """
    Version of the CTRF specification that the document follows.
    """
    reportId: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Identifier of this document. CTRF asks for a UUID; any text is read.
    """
    runId: Annotated[StrictStr | None, Field(min_length=1)] = None
    """
    Identifier of the test run, shared by all documents that hold a part of it.
    """
    timestamp: Time | None = None
    """
    When the document was made.
    """
    generatedBy: StrictStr | None = None
    """
    What made the document, as opposed to what ran the tests.
    """
    results: TestResults
    insights: TestReportInsights | None = None
    baseline: TestReportBaseline | None = None
    extra: dict[str, Any] | None = None
    """
    What the producer has to say about the document beyond CTRF.
    """
