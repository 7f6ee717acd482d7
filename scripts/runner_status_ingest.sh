#!/bin/sh
# The canonical ingest entry point of the runner status exchange: `runpact-status-matrix matrix ingest` for the project
# that this script lies in. Further words are handed on, and win over those that stand here.
#
#   scripts/runner_status_ingest.sh --enforce-freshness
#
# RUNPACT_STATUS_MATRIX names another program, such as a path to it.
set -eu
project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
schemas=$project/specs/01_schema
if [ -f "$schemas/schema_catalog_v1.yaml" ]; then
    set -- --catalog "$schemas/schema_catalog_v1.yaml" "$@"
fi
exec "${RUNPACT_STATUS_MATRIX:-runpact-status-matrix}" matrix ingest --root "$project" \
    --registry "$schemas/runner_certification_registry_v1.yaml" "$@"
