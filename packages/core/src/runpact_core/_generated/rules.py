# Generated from contracts/ by codegen.
# Do not edit; `hatch run codegen` remakes it.
"""Every cross-field rule."""

from __future__ import annotations

from typing import Final

from runpact_core._rules import CountBy, Equal, Order, Rule, Sum, Template

RULES: Final[dict[tuple[str, str], tuple[Rule, ...]]] = {
    ('capture', '1.0'): (
        Sum(
            id='every-byte-is-kept-or-omitted',
            total='/excerpt/ledger/total_bytes',
            parts=('/excerpt/ledger/kept_bytes', '/excerpt/ledger/omitted_bytes'),
            message='total_bytes is not the sum of kept_bytes and omitted_bytes',
        ),
        Sum(
            id='every-line-is-kept-or-omitted',
            total='/excerpt/ledger/total_lines',
            parts=('/excerpt/ledger/kept_lines', '/excerpt/ledger/omitted_lines'),
            message='total_lines is not the sum of kept_lines and omitted_lines',
        ),
        Sum(
            id='kept-bytes-are-in-head-or-tail',
            total='/excerpt/ledger/kept_bytes',
            parts=('/excerpt/ledger/head_bytes', '/excerpt/ledger/tail_bytes'),
            message='kept_bytes is not the sum of head_bytes and tail_bytes',
        ),
        Equal(
            id='ledger-accounts-for-the-whole-artifact',
            left='/artifact/size_bytes',
            right='/excerpt/ledger/total_bytes',
            message='total_bytes is not the size of the artifact',
        ),
        Order(
            id='excerpt-stays-below-its-maximum',
            before='/excerpt/ledger/kept_bytes',
            after='/excerpt/ledger/asked/max_excerpt_bytes',
            message='kept_bytes exceeds the max_excerpt_bytes that was asked for',
        ),
    ),
    ('certificate_check', '1.0'): (
        CountBy(
            id='summary-counts-the-rules',
            items='/rules',
            key='result',
            counts='/summary',
            message='summary does not count the rules by their result',
        ),
    ),
    ('checks', '0.1'): (
        CountBy(
            id='summary-counts-the-checks',
            items='/checks',
            key='status',
            counts='/summary',
            message='summary does not count the checks by their status',
        ),
    ),
    ('checks', '0.2'): (
        CountBy(
            id='summary-counts-the-checks',
            items='/checks',
            key='status',
            counts='/summary',
            message='summary does not count the checks by their status',
        ),
    ),
    ('contract_diff', '1.0'): (
        CountBy(
            id='summary-counts-the-outcomes',
            items='/contracts',
            key='outcome',
            counts='/summary',
            message='summary does not count the pairs of versions by their outcome',
        ),
    ),
    ('history_record', '1.0'): (
        Order(
            id='run-ends-after-it-starts',
            before='/started_at',
            after='/ended_at',
            message='ended_at is earlier than started_at',
        ),
        Sum(
            id='outcomes-add-up',
            total='/tests/reported',
            parts=('/tests/passed', '/tests/failed', '/tests/skipped', '/tests/pending', '/tests/other'),
            message='reported is not the sum of the outcomes',
        ),
    ),
    ('last_run', '0.1'): (
        Order(
            id='run-ends-after-it-starts',
            before='/started_at',
            after='/ended_at',
            message='ended_at is earlier than started_at',
        ),
    ),
    ('last_run', '0.2'): (
        Order(
            id='run-ends-after-it-starts',
            before='/started_at',
            after='/ended_at',
            message='ended_at is earlier than started_at',
        ),
        Sum(
            id='outcomes-add-up',
            total='/metrics/tests/reported',
            parts=('/metrics/tests/passed', '/metrics/tests/failed', '/metrics/tests/skipped', '/metrics/tests/pending', '/metrics/tests/other'),
            message='reported is not the sum of the outcomes',
        ),
        Order(
            id='covered-lines-are-lines',
            before='/metrics/coverage/lines_covered',
            after='/metrics/coverage/lines_total',
            message='lines_covered exceeds lines_total',
        ),
    ),
    ('matrix_diff', '1.0'): (
        CountBy(
            id='summary-counts-the-changes',
            items='/changes',
            key='kind',
            counts='/summary',
            message='summary does not count the changes by their kind',
        ),
    ),
    ('open_run', '1.0'): (
        Template(
            id='run-id-names-pipeline-and-commit',
            value='/run_id',
            template='{*}__{/pipeline_id}__{/git/sha7}',
            message="run_id does not end in the document's own pipeline_id and git.sha7",
        ),
    ),
    ('run', '0.1'): (
        Order(
            id='run-ends-after-it-starts',
            before='/started_utc',
            after='/finished_utc',
            message='finished_utc is earlier than started_utc',
        ),
        Template(
            id='run-id-names-pipeline-and-commit',
            value='/run_id',
            template='{*}__{/pipeline_id}__{/git/sha7}',
            message="run_id does not end in the document's own pipeline_id and git.sha7",
        ),
    ),
    ('run', '0.2'): (
        Order(
            id='run-ends-after-it-starts',
            before='/started_utc',
            after='/finished_utc',
            message='finished_utc is earlier than started_utc',
        ),
        Template(
            id='run-id-names-pipeline-and-commit',
            value='/run_id',
            template='{*}__{/pipeline_id}__{/git/sha7}',
            message="run_id does not end in the document's own pipeline_id and git.sha7",
        ),
    ),
    ('runner_execution_certificate', '1'): (
        Equal(
            id='summary-blocks-as-the-runner-does',
            left='/runner/blocking',
            right='/summary/blocking',
            message='summary.blocking is not what runner.blocking is',
        ),
    ),
    ('runner_execution_certificate', '2'): (
        Equal(
            id='summary-blocks-as-the-runner-does',
            left='/runner/blocking',
            right='/summary/blocking',
            message='summary.blocking is not what runner.blocking is',
        ),
    ),
    ('runner_status_ingest_log', '1'): (
        CountBy(
            id='summary-counts-the-entries',
            items='/entries',
            key='outcome',
            counts='/summary',
            message='summary does not count the entries by their outcome',
        ),
    ),
    ('runner_status_matrix', '1'): (
        CountBy(
            id='summary-counts-the-verdicts',
            items='/matrix_rows',
            key='verdict',
            counts='/summary',
            message='summary does not count the rows by their verdict',
        ),
    ),
    ('runner_status_report', '1'): (
        Order(
            id='report-is-fresh-when-made',
            before='/generated_at',
            after='/fresh_until',
            message='fresh_until is earlier than generated_at',
        ),
    ),
    ('test_report', '1.0'): (
        Order(
            id='run-ends-after-it-starts',
            before='/results/summary/start',
            after='/results/summary/stop',
            message='stop is earlier than start',
        ),
        Sum(
            id='outcomes-add-up',
            total='/results/summary/tests',
            parts=('/results/summary/passed', '/results/summary/failed', '/results/summary/skipped', '/results/summary/pending', '/results/summary/other'),
            message='tests is not the sum of the outcomes',
        ),
    ),
    ('upgrade_report', '1.0'): (
        CountBy(
            id='outcomes-are-counted',
            items='/documents',
            key='outcome',
            counts='/counts',
            message='counts does not count the documents by their outcome',
        ),
    ),
}
