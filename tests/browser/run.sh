#!/usr/bin/env bash
# Tests the page for editors in Debian's Chromium, against the program that $STANDPOINT names.
# Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")"

target=${CARGO_TARGET_DIR:-$PWD/../../target}
export STANDPOINT=${STANDPOINT:-$target/debug/standpoint}
[ -x "$STANDPOINT" ] || { echo "there is no program $STANDPOINT; build it, or name one in STANDPOINT" >&2; exit 2; }
command -v chromium >/dev/null || { apt-get update -q && apt-get install -qy --no-install-recommends chromium; }

if [ -z "${VIRTUAL_ENV:-}" ]; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        apt-get update -q && apt-get install -qy python3 python3-venv
    fi
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    python3 -m venv "$folder"
    export PATH="$folder/bin:$PATH"
fi
python3 -m pip install --quiet --disable-pip-version-check -r requirements.txt
python3 -m pytest -q -p no:cacheprovider "$@"
