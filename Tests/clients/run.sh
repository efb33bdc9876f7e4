#!/bin/sh
# Plays with real foreign clients and servers. One line a play, pytest's summary at the end.
#   Tests/clients/run.sh                      everything
#   Tests/clients/run.sh test_tls.py -k T6    what pytest would take
# The proxy is $TIDEGATE, else .build/release/tidegate, else .build/debug/tidegate.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv="${TIDEGATE_VENV:-$root/.venv}"
python="${PYTHON:-python3}"

# One stamp file holds what was installed, so that a changed list is installed again and an unchanged one costs nothing.
if ! cmp -s "$here/requirements.txt" "$venv/requirements.installed" 2>/dev/null; then
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.installed"
fi

# Some plays hold a thousand tunnels with both their ends: raise the soft limit of descriptors as far as we may.
ulimit -n "$(ulimit -H -n)" 2>/dev/null || true

cd "$here"
exec "$venv/bin/python" -B -m pytest "$@"
