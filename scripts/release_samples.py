"""What the commands of `release_documents` are given: scripts, results, a configuration, a registry."""

from __future__ import annotations

import json
from typing import Any

__all__ = [
    "CAPTURE",
    "CONFIG",
    "FAILING",
    "GREEN",
    "INTERRUPTED",
    "OLD_CHECKS",
    "RECORD",
    "REGISTRY",
    "RUNNER",
    "STORED",
]

RECORD = """\
echo "$1 rows"
echo "slow source" >&2
mkdir -p "$RUNPACT_RUN_DIR/artifacts"
echo "id,rows" > "$RUNPACT_RUN_DIR/artifacts/rows.csv"
{
    echo '{"input": {"type": "table", "ref": "raw.rows"}}'
    echo '{"output": {"type": "table", "ref": "build.rows", "rows_written": 60}}'
    echo '{"check": {"id": "rows_written", "name": "Rows are written", "status": "pass", \
"evidence": ["run.json:$.outputs[0].rows_written", "artifacts/rows.csv"]}}'
    echo '{"metric": {"rows": 60}}'
    echo '{"metadata": {"region": "north"}}'
} >> "$RUNPACT_EVENTS"
"""

GREEN = """\
<testsuite name="suite" tests="2" time="0.31">
  <testcase classname="tests.test_rows" name="test_rows" time="0.25"/>
  <testcase classname="tests.test_rows" name="test_later" time="0.06"><skipped message="not yet"/></testcase>
</testsuite>
"""

FAILING = """\
<testsuite name="suite" tests="2" failures="1" time="0.4">
  <testcase classname="tests.test_load" name="test_load" time="0.1"/>
  <testcase classname="tests.test_load" name="test_count" time="0.3">
    <failure message="AssertionError: 59 rows, not 60">tests/test_load.py:7: AssertionError</failure>
  </testcase>
</testsuite>
"""

INTERRUPTED = """\
import os
from runpact_writer import RunWriter
RunWriter("nightly-sync", "1.4.0", announce=False).start("local_cli", "command line", "builder")
os._exit(0)
"""

OLD_CHECKS = """\
{
  "run_id": "20260119T061512Z__nightly-load__a1b2c3d",
  "checks": [
    {"id": "rows_written", "name": "Rows are written", "status": "pass", "evidence": ["run.log:line:1"]}
  ],
  "summary": {"pass": 1, "fail": 0, "skip": 0}
}
"""

CAPTURE = """\
from runpact_reporter import TextCapturePolicy, capture_text_artifact
from runpact_core import documents
result = capture_text_artifact("agent_stderr.txt", policy=TextCapturePolicy(max_excerpt_bytes=600), root=".")
print(documents.dumps(result.to_dict()).decode(), end="")
"""

CONFIG = """\
layouts:
  runs: {keep: 2}
retention:
  bench: {keep: 3, pin: []}
patterns:
  bench: ["**/bench/*.jsonl"]
"""

STORED = tuple(
    "".join(
        json.dumps({"pair": f"P{line % 3}", "check": "spread within the limit that is published", "value": day + line})
        + "\n"
        for line in range(200)
    )
    for day in range(1, 7)
)
"""Lines of JSON, as benchmarks leave them, a file for each day."""

RUNNER = '#!/bin/sh\necho "$1 is done"\n'

REGISTRY: dict[str, Any] = {
    "runners": [
        {
            "runner_id": "rust",
            "class": "required",
            "status": "active",
            "owner": "Runtime team",
            "entrypoints": {"public_adapter": "/tools/dc-runner", "implementation_repo": "dc-runner-rust"},
            "required_core_checks": ["runtime.smoke"],
            "command_contract_subset": [{"name": "governance", "args": [], "expect_exit": [0, 1]}],
            "check_plugins": [
                {
                    "check": "runtime.smoke",
                    "plugin": "command",
                    "settings": {"args": ["./tools/dc-runner", "smoke"], "expect_exit": [0]},
                }
            ],
            "status_exchange": {"source_kind": "folder", "folder": "/status/{runner}", "freshness_slo_hours": 72},
        }
    ]
}
"""A registry of one runner, but for its version."""
