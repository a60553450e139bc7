#!/usr/bin/env bash
# A real Prometheus reads the zoo: see scrapers.py.
# usage: prometheus_formats.sh [SOURCE_DIR] BUILD_DIR; exit status 77: a package is missing.
set -euo pipefail
export LC_ALL=C

for tool in prometheus python3; do
    if ! command -v "$tool" >/dev/null; then
        echo "prometheus_formats.sh: $tool is missing (Debian: apt-get install prometheus python3)"
        exit 77
    fi
done
exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/scrapers.py" prometheus "${!#}"
