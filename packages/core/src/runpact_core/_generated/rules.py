# Generated from contracts/ by codegen.
# Do not edit; `hatch run codegen` remakes it.
"""Every cross-field rule."""

from __future__ import annotations

from typing import Final

from runpact_core._rules import CountBy, Order, Rule, Template

RULES: Final[dict[tuple[str, str], tuple[Rule, ...]]] = {
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
    ('last_run', '0.1'): (
        Order(
            id='run-ends-after-it-starts',
            before='/started_at',
            after='/ended_at',
            message='ended_at is earlier than started_at',
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
}
