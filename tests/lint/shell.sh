#!/bin/sh
# Each shell script parses, and shellcheck, where it is installed, has no warning about it.
set -eu
cd "${1:-.}"
status=0

# Scripts are what ends so or begins so; git may be missing, or this no checkout.
scripts() {
    find . \( -name build -o -name .git \) -prune -o -type f \( -name '*.sh' -o ! -name '*.*' \) -print |
        while read -r file; do
            case $file in *.sh) echo "$file" && continue ;; esac
            case $(head -n 1 "$file" | tr -d '\0') in '#!'*sh) echo "$file" ;; esac
        done
}

command -v bash >/dev/null || { echo "skipped: no bash"; exit 77; }
for script in $(scripts); do
    bash -n "$script" || status=1
    if command -v shellcheck >/dev/null; then
        shellcheck --external-sources --severity=warning --format=gcc "$script" || status=1
    fi
done
exit $status
