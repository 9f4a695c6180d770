/** The end of an installation's output that a person reads and that errors are found in. */
export const OUTPUT_TAIL_BYTES = 256 * 1024;

/**
 * OWNER, then what `unshare` shall run: makes the clone's namespaces, and ends with them. When the owner is gone (an agent that was
 * killed asks for no results) it kills its own process group, and with `unshare` the kernel kills the clone.
 */
export const GUARD_SCRIPT = `
owner=$1
shift
# proc_pid_stat(5): the state, and the start in clock ticks, after the name in parentheses. A zombie is gone.
life() {
  read -r stat 2>/dev/null <"/proc/$owner/stat" || return
  set -- \${stat##*) }
  case $1 in Z | X) return ;; esac
  shift 19
  printf %s "$1"
}
began=$(life)
[ -n "$began" ] || exit 1
(while sleep 1; do [ "$(life)" = "$began" ] || kill -KILL 0; done) &
watcher=$!
unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child --propagation private -- "$@" 2>&1 | tail -c ${OUTPUT_TAIL_BYTES}
kill $watcher
# Where the kernel counts a unit's memory, it kills inside; memory.events of cgroup version 2.
IFS=: read -r id controllers path </proc/self/cgroup
if grep -q '^oom_kill [1-9]' "/sys/fs/cgroup$path/memory.events" 2>/dev/null; then printf 'trial limit memory\\n' >&3; fi
`;
