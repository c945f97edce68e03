#!/bin/sh
# Makes .venv. A plain Debian has Python without the venv module: then it is installed where we may, else said.
set -eu
python=$1
[ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && exit 0
rm -rf .venv
"$python" -m venv .venv 2>/dev/null && exit 0
rm -rf .venv
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Python has no venv module here; installing python3-venv ..."
    apt-get -qq update && apt-get -qq install -y python3-venv >/dev/null
    exec "$python" -m venv .venv
fi
echo "Python's venv module is missing. Install it once (Debian: apt install python3-venv) and run make again." >&2
exit 1
