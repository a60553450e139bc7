#!/usr/bin/env bash
# The units of examples/systemd: see systemd.py.
# usage: systemd.sh SOURCE_DIR BUILD_DIR; exit status 77: python3 is missing.
set -euo pipefail
export LC_ALL=C

if ! command -v python3 >/dev/null; then
    echo "systemd.sh: python3 is missing"
    exit 77
fi
exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/systemd.py" "$@"
