#!/usr/bin/env bash
# nginx and stunnel as the README configures them: see tls_proxy.py.
# usage: tls_proxy.sh SOURCE_DIR BUILD_DIR; exit status 77: a package is missing.
set -euo pipefail
export LC_ALL=C

if ! command -v python3 >/dev/null; then
    echo "tls_proxy.sh: python3 is missing"
    exit 77
fi
exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/tls_proxy.py" "$@"
