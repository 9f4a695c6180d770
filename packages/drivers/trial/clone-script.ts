import { STAND_IN_PROGRAMS, STAND_IN_SCRIPT } from './stand-ins.ts';

/** Where the clone finds what the driver put in, and what it notes itself. */
export const INSIDE = '/run/thimble-trial';

/** First in the clone's PATH: what stands for programs that need real disks or a running system. */
export const STAND_INS = `${INSIDE}/stand-ins`;

/**
 * What packages get in a container engine, without device nodes: nothing here loads modules, sets clocks, mounts, or reaches a file by a
 * handle (capabilities(7)).
 */
const CAPABILITIES =
  '-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+setfcap,+net_bind_service,+net_raw,' +
  '+net_admin,+sys_chroot,+sys_nice,+sys_resource,+ipc_lock,+lease,+audit_write';

/** Standard output and errors of one step; the list of all packages of a distribution has 10 MB. */
const NOTES_SIZE = '64m';

/**
 * Pid 1 of the clone's namespaces, as root: FOLDER UPPER DISK MEMORY SECONDS, then pairs of KIND PATH. Makes the root, moves into it, runs
 * the steps one after another, and says on descriptor 3 what happened, a line each that begins with "trial ". When it ends, the kernel
 * kills all that is left in the namespaces and removes the mounts.
 */
export const CLONE_SCRIPT = `
[ $$ = 1 ] || exit 1
umask 022
folder=$1 upper=$2 disk_bytes=$3 memory_bytes=$4 seconds=$5
shift 5
say() { printf 'trial %s\\n' "$*" >&3; }
encoded() { printf %s "$1" | base64 -w 0; }
impossible() { say impossible "$(encoded "$*")"; exit 0; }
gap() { say gap "$(encoded "$1")" "$(encoded "$2")"; }
must() { said=$("$@" 2>&1) || impossible "$* failed: $said"; }
now() { read -r up rest </proc/uptime; printf '%s0' "\${up%.*}\${up#*.}"; }

layers=$folder/clone root=$folder/clone/root number=0
must mkdir -p "$layers"
[ "$upper" = folder ] || must mount -t tmpfs -o "size=$disk_bytes,mode=700" thimble-trial "$layers"
must mkdir -p "$root" "$layers/tmp"

# NUMBER FROM TO. The clone's folder takes owner and mode from the upper one.
layer() {
  mkdir -p "$layers/$1/upper" "$layers/$1/work" &&
    chown --reference="$2" "$layers/$1/upper" && chmod --reference="$2" "$layers/$1/upper" || return 1
  options="lowerdir=$2,upperdir=$layers/$1/upper,workdir=$layers/$1/work"
  # Nothing here has to survive a power cut, and dpkg syncs after each file; older kernels don't know the word.
  [ "$upper" = folder ] && mount -t overlay -o "$options,volatile" thimble-trial "$3" 2>/dev/null && return
  mount -t overlay -o "$options" thimble-trial "$3"
}
fixed() { mount --bind "$1" "$2" && mount -o remount,bind,ro "$2"; }

must layer 0 / "$root"
while [ $# -gt 1 ]; do
  kind=$1 path=$2 number=$((number + 1))
  shift 2
  [ -e "$root$path" ] || continue
  case $kind in
    layer)
      if [ ! -d "$path" ]; then
        fixed "$path" "$root$path" || impossible "$path can't be made read-only"
      elif ! said=$(layer "$number" "$path" "$root$path" 2>&1); then
        fixed "$path" "$root$path" || impossible "$path can be neither copied nor made read-only"
        gap "$path" "it is read-only in the clone: $said"
      fi ;;
    empty)
      owner=$(stat -c 'uid=%u,gid=%g,mode=%a' "$path")
      must mount -t tmpfs -o "size=$disk_bytes,$owner" thimble-trial "$root$path" ;;
  esac
done

must mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for each in sys sysrq-trigger irq bus fs; do
  [ ! -e "$root/proc/$each" ] || must fixed "$root/proc/$each" "$root/proc/$each"
done
must mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
must mount -t tmpfs -o size=${NOTES_SIZE},mode=755 thimble-trial "$root/run"
# Folders that units made for their services; sockets, pid files and systemd itself stay outside.
(cd /run && find . -xdev -mindepth 1 -maxdepth 3 \\( -path ./systemd -o -path ./user -o -path ./udev -o -path ./lock \\) -prune -o \\
  -type d -print0 | tar --null --no-recursion -T - -c) 2>/dev/null | tar -x -p -C "$root/run" 2>/dev/null
must mkdir -p -m 1777 "$root/run/lock"
must chmod 1777 "$layers/tmp"
must mount --bind "$layers/tmp" "$root/tmp"
must mount -t tmpfs -o size=1m,mode=755 thimble-trial "$root/dev"
for each in null zero full random urandom tty; do
  : >"$root/dev/$each"
  must mount --bind "/dev/$each" "$root/dev/$each"
done
mkdir "$root/dev/pts" "$root/dev/shm"
must mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
must mount -t tmpfs -o "size=$disk_bytes,mode=1777" thimble-trial "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for each in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${each%:*}" "$root/dev/\${each#*:}"; done
[ ! -e "$root/proc/kcore" ] || must mount --bind /dev/null "$root/proc/kcore"

must mkdir -p "$root${STAND_INS}"
must cp -R "$folder/steps" "$root${INSIDE}/"
cat >"$root${INSIDE}/stand-in" <<'END'
${STAND_IN_SCRIPT}END
chmod 755 "$root${INSIDE}/stand-in"
for program in ${[...STAND_IN_PROGRAMS.keys()].join(' ')}; do ln "$root${INSIDE}/stand-in" "$root${STAND_INS}/$program"; done
# invoke-rc.d and deb-systemd-invoke ask it before each action; 101 is "forbidden by policy".
must rm -f "$root/usr/sbin/policy-rc.d"
must mkdir -p "$root/usr/sbin"
printf '#!/bin/sh\\nexit 101\\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
ip link set lo up 2>/dev/null

used() { if [ "$upper" = folder ]; then du -s -B 1 . | cut -f 1; else df -B 1 --output=used . | tail -n 1; fi; }
# Kills all but pid 1 and itself, kill(2).
stop() {
  say limit "$1"
  : >${INSIDE}/limit
  kill -KILL -1
  exit
}
watch() {
  while sleep 1; do
    [ "$(now)" -lt "$ends" ] || stop time
    [ "$upper" != folder ] || [ "$(used 2>/dev/null)" -le "$disk_bytes" ] || stop disk
    # Pages that are resident and not of files, proc_pid_statm(5).
    pages=$(cat /proc/[0-9]*/statm 2>/dev/null | awk '{ pages += $2 - $3 } END { printf "%d", pages }')
    [ "$((pages * page_bytes / 1048576))" -le "$((memory_bytes / 1048576))" ] || stop memory
  done
}
page_bytes=$(getconf PAGESIZE)
ends=$(($(now) + seconds * 1000))

must mkdir "$root/.thimble-before"
must pivot_root "$root" "$root/.thimble-before"
# The layers stay in sight as the working directory of this shell alone, to be measured.
cd "/.thimble-before$layers" || impossible "$layers is out of sight"
must umount -l /.thimble-before
must rmdir /.thimble-before
PATH=${STAND_INS}:$PATH
export PATH
watch &

say clone
# A step is a file of words that end with a zero byte; its name is NUMBER-SECONDS-BYTES, the last of its output or "loud".
for step in ${INSIDE}/steps/*; do
  IFS=- read -r number allowed bytes <<END
\${step##*/}
END
  began=$(now)
  (
    cd /
    set -- timeout -s KILL "$allowed" xargs -0 -x -s 1000000 -a "$step" \\
      sh -c '"$@"; echo $? >"$0"' "$step.code" setpriv --bounding-set "${CAPABILITIES}" --inh-caps=-all --
    if [ "$bytes" = loud ]; then exec "$@"; else exec "$@" >"$step.output" 2>&1 3>&-; fi
  ) </dev/null
  [ ! -e ${INSIDE}/limit ] || break
  say step "$(cat "$step.code" 2>/dev/null || echo killed)" "$(($(now) - began))" \\
    "$([ "$bytes" = loud ] || head -c "$bytes" "$step.output" 2>/dev/null | base64 -w 0)"
done
say disk "$(used)"
sort -u ${INSIDE}/stood-in 2>/dev/null | while read -r program; do say stood-in "$program"; done
say end
`;
