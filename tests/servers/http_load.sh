#!/usr/bin/env bash
# The HTTP server under the load of wrk and of clients that do nothing good: see http_load.py.
# usage: http_load.sh SOURCE_DIR BUILD_DIR; exit status 77: a package is missing.
set -euo pipefail
export LC_ALL=C

for tool in wrk python3; do
    if ! command -v "$tool" >/dev/null; then
        echo "http_load.sh: $tool is missing (Debian: apt-get install wrk python3)"
        exit 77
    fi
done
exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/http_load.py" "$@"
