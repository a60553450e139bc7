#!/usr/bin/env bash
# A real Pushgateway is pushed to: see pushgateway.py.
# usage: pushgateway.sh [SOURCE_DIR] BUILD_DIR; exit status 77: a package is missing.
set -euo pipefail
export LC_ALL=C

for tool in prometheus-pushgateway python3; do
    if ! command -v "$tool" >/dev/null; then
        echo "pushgateway.sh: $tool is missing (Debian: apt-get install prometheus-pushgateway python3)"
        exit 77
    fi
done
exec timeout --kill-after=10 120 python3 -B "$(dirname "${BASH_SOURCE[0]}")/pushgateway.py" "${!#}"
