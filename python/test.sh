#!/usr/bin/env bash
# Builds the wheel once, installs it by pip into a fresh environment outside of the checkout, and
# runs all tests of the package there. `PROFILE=release` builds as users get it.
set -euo pipefail
cd "$(dirname "$0")"

profile=${PROFILE:-dev}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    apt-get update -q && apt-get install -qy python3 python3-venv
fi
# Spark's tests need Java, and skip without it.
if ! command -v java >/dev/null && command -v apt-get >/dev/null; then
    apt-get update -q && apt-get install -qy --no-install-recommends default-jre-headless || true
fi
python3 -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet --disable-pip-version-check -r requirements-test.txt

# The wheel is built where cargo builds all else, so that nothing is compiled twice.
export PATH="$folder/venv/bin:$PATH"
maturin build --locked --quiet --profile "$profile" --out "$folder/wheels"
"$python" -m pip install --quiet --disable-pip-version-check --no-deps "$folder"/wheels/*.whl

# The tests run beside the installed package, away from its sources.
target=${CARGO_TARGET_DIR:-$PWD/../target}
export STANDPOINT=${STANDPOINT:-$target/debug/standpoint}
[ -x "$STANDPOINT" ] || cargo build --locked --quiet --manifest-path ../Cargo.toml --bin standpoint
cp -r tests README.md notebooks pyproject.toml "$folder"
ln -s "$PWD/../datasets" "$PWD/../docs" "$folder"
cd "$folder"
"$python" -m pytest tests -q -p no:cacheprovider "$@"
