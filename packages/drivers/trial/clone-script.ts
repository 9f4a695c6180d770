import { RUN_STEPS } from './run-steps.ts';
import { STAND_IN_PROGRAMS, STAND_IN_SCRIPT } from './stand-ins.ts';

/** Where the clone finds what the driver put in, and what it notes itself. */
const INSIDE = '/run/thimble-trial';

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
 * Pid 1 of the clone's namespaces, as root: FOLDER UPPER DISK MEMORY SECONDS, then KIND PATH FLAGS of each place. Makes the root, moves into
 * it, runs the steps one after another, and says on descriptor 3 what happened, a line each that begins with "trial ". When it ends, the
 * kernel kills all that is left in the namespaces and removes the mounts.
 *
 * Before it has moved, a link in the root may lead out of it: until then it writes only to file systems that it has just made.
 */
export const CLONE_SCRIPT = `
[ $$ = 1 ] || exit 1
umask 022
folder=$1 upper=$2 disk_bytes=$3 memory_bytes=$4 seconds=$5
shift 5
notes=${INSIDE}
say() { printf 'trial %s\\n' "$*" >&3; }
encoded() { printf %s "$1" | base64 -w 0; }
impossible() {
  say impossible "$(encoded "$*")"
  exit 0
}
gap() { say gap "$(encoded "$1")" "$(encoded "$2")"; }
must() { said=$("$@" 2>&1) || impossible "$* failed: $said"; }
for program in awk base64 df du find setpriv stat tar timeout xargs; do
  command -v "$program" >/dev/null || impossible "there is no $program here"
done

layers=$folder/clone root=$folder/clone/root number=0
must mkdir -p "$layers"
[ "$upper" = folder ] || must mount -t tmpfs -o "size=$disk_bytes,mode=700" thimble-trial "$layers"
must mkdir -p "$root" "$layers/tmp" "$layers/shm"
must chmod 1777 "$layers/tmp" "$layers/shm"

# NUMBER FROM TO FLAGS. The clone's folder takes owner and mode from the upper one.
layer() {
  mkdir -p "$layers/$1/upper" "$layers/$1/work" &&
    chown --reference="$2" "$layers/$1/upper" && chmod --reference="$2" "$layers/$1/upper" || return 1
  options="$4,lowerdir=$2,upperdir=$layers/$1/upper,workdir=$layers/$1/work"
  # Nothing here has to survive a power cut, and dpkg syncs after each file; older kernels don't know the word.
  [ "$upper" = folder ] && mount -t overlay -o "$options,volatile" thimble-trial "$3" 2>/dev/null && return
  mount -t overlay -o "$options" thimble-trial "$3"
}
fixed() { mount --bind "$1" "$2" && mount -o remount,bind,ro "$2"; }

must layer 0 / "$root" rw
for each in dev proc run sys tmp; do
  [ -d "$root/$each" ] && [ ! -L "$root/$each" ] || impossible "/$each is no folder"
done
empty=
while [ $# -gt 2 ]; do
  kind=$1 path=$2 flags=$3 number=$((number + 1))
  shift 3
  [ -e "$path" ] || continue
  if [ "$kind" = empty ]; then
    # A folder without blanks in its name; it is mounted later, where the clone sees it, which may be behind a link.
    [ -d "$path" ] || continue
    must mkdir "$layers/empty-$number"
    must chown --reference="$path" "$layers/empty-$number"
    must chmod --reference="$path" "$layers/empty-$number"
    empty="$empty $number:$path"
  elif [ ! -d "$path" ]; then
    fixed "$path" "$root$path" || impossible "$path can't be made read-only"
  elif ! said=$(layer "$number" "$path" "$root$path" "$flags" 2>&1); then
    fixed "$path" "$root$path" || impossible "$path can be neither copied nor made read-only"
    gap "$path" "it is read-only in the clone: $said"
  fi
done

must mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for each in sys sysrq-trigger irq bus fs; do
  [ ! -e "$root/proc/$each" ] || must fixed "$root/proc/$each" "$root/proc/$each"
done
must mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
must mount --bind "$layers/tmp" "$root/tmp"
must mount -t tmpfs -o size=${NOTES_SIZE},mode=755 thimble-trial "$root/run"
# Folders that units made for their services; sockets, pid files and systemd itself stay outside.
(cd /run && find . -xdev -mindepth 1 -maxdepth 3 \\( -path ./systemd -o -path ./user -o -path ./udev -o -path ./lock \\) -prune -o \\
  -type d -print0 | tar --null --no-recursion -T - -c) 2>/dev/null | tar -x -p -C "$root/run" 2>/dev/null
must mkdir -m 1777 "$root/run/lock"
must mkdir -p "$root${STAND_INS}"
must cp -R "$folder/steps" "$root$notes/"
cat >"$root$notes/stand-in" <<'END'
${STAND_IN_SCRIPT}END
must chmod 755 "$root$notes/stand-in"
for program in ${[...STAND_IN_PROGRAMS.keys()].join(' ')}; do ln "$root$notes/stand-in" "$root${STAND_INS}/$program"; done
must mount -t tmpfs -o size=1m,mode=755 thimble-trial "$root/dev"
for each in null zero full random urandom tty; do
  : >"$root/dev/$each"
  must mount --bind "/dev/$each" "$root/dev/$each"
done
must mkdir "$root/dev/pts" "$root/dev/shm"
must mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
must mount --bind "$layers/shm" "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for each in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${each%:*}" "$root/dev/\${each#*:}"; done
[ ! -e "$root/proc/kcore" ] || must mount --bind /dev/null "$root/proc/kcore"

must mkdir "$root/.thimble-before"
must pivot_root "$root" "$root/.thimble-before"
for each in $empty; do must mount --bind "/.thimble-before$layers/empty-\${each%%:*}" "\${each#*:}"; done
# The layers stay in sight as the working directory of this shell alone, to be measured.
cd "/.thimble-before$layers" || impossible "$layers is out of sight"
must umount -l /.thimble-before
must rmdir /.thimble-before
# invoke-rc.d and deb-systemd-invoke ask it before each action; 101 is "forbidden by policy".
must rm -f /usr/sbin/policy-rc.d
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d || impossible 'services can not be denied'
ip link set lo up 2>/dev/null
must setpriv --bounding-set "${CAPABILITIES}" --inh-caps=-all -- true
PATH=${STAND_INS}:$PATH
export PATH
drop="setpriv --bounding-set ${CAPABILITIES} --inh-caps=-all --"
${RUN_STEPS}`;
