#!/bin/sh
# Sets up what is missing (system libraries, a Python environment), then runs the given command in it:
#   sh setup.sh tryghed demo      sh setup.sh pytest -q
# Needs Debian or Ubuntu as root or with sudo, or a machine that already has the packages named below.
set -eu
here=$PWD
cd "$(dirname "$0")"
root=$PWD
[ $# -gt 0 ] || { echo "usage: sh setup.sh COMMAND [ARG...]   e.g. sh setup.sh tryghed demo" >&2; exit 64; }
PATH="$PATH:/sbin:/usr/sbin"
export PATH

say() { echo "setup: $*" >&2; }
give_up() { say "$*"; exit 69; }
has_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }

# 1. System packages: Python itself, the text libraries that WeasyPrint draws with, the certificates pip trusts.
need=""
command -v python3 >/dev/null 2>&1 || need="$need python3"
python3 -c 'import ensurepip, venv' 2>/dev/null || need="$need python3-venv"
has_library libpangoft2-1.0.so.0 || need="$need libpangoft2-1.0-0"
has_library libharfbuzz-subset.so.0 || need="$need libharfbuzz-subset0"
[ ! -e /etc/debian_version ] || [ -e /etc/ssl/certs/ca-certificates.crt ] || need="$need ca-certificates"
if [ -n "$need" ]; then
  command -v apt-get >/dev/null 2>&1 || give_up "these system packages are missing and there is no apt-get:$need"
  if [ "$(id -u)" = 0 ]; then as_root=""; else
    command -v sudo >/dev/null 2>&1 || give_up "missing system packages; ask an administrator for: apt-get install$need"
    as_root=sudo
  fi
  say "installing$need"
  $as_root apt-get update -q >&2 || say "the package lists could not be renewed; going on with those at hand"
  # A machine just started often updates itself: wait for its lock instead of giving up.
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends $need >&2 ||
    give_up "apt-get could not install:$need"
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  give_up "Python 3.11 or newer is needed, found $(python3 -V 2>&1)"

# 2. The environment, exactly as locked in requirements.lock (every file checked against its hash).
stamp=.venv/.stamp
wanted=$(cat requirements.lock pyproject.toml | sha256sum | cut -d ' ' -f 1)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  say "setting up the Python environment in $root/.venv"
  if command -v uv >/dev/null 2>&1; then
    [ -x .venv/bin/python ] || uv venv -q --python python3 .venv >&2
    { uv pip sync -q --python .venv/bin/python --require-hashes requirements.lock &&
      uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .; } >&2 ||
      give_up "the Python packages could not be installed (is the network reachable?)"
  else
    [ -x .venv/bin/python ] || python3 -m venv .venv >&2
    { .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock &&
      .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; } >&2 ||
      give_up "the Python packages could not be installed (is the network reachable?)"
  fi
  echo "$wanted" >"$stamp"
fi

PATH="$root/.venv/bin:$PATH"
export PATH
cd "$here"
exec "$@"
