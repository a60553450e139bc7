#!/usr/bin/env bash
# A real VictoriaMetrics reads the zoo: see scrapers.py.
# usage: victoria_metrics.sh [SOURCE_DIR] BUILD_DIR; exit status 77: a package is missing.
set -euo pipefail
export LC_ALL=C

for tool in victoria-metrics python3; do
    if ! command -v "$tool" >/dev/null; then
        echo "victoria_metrics.sh: $tool is missing (Debian: apt-get install victoria-metrics python3)"
        exit 77
    fi
done
exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/scrapers.py" victoria_metrics "${!#}"
