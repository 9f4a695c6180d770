/**
 * The second half of the clone's script, inside: runs the steps within the limits and says how each ended. A step is a file of words that
 * end with a zero byte; its name is NUMBER-SECONDS-BYTES, the last of its output or "loud".
 */
export const RUN_STEPS = `
# Milliseconds since the boot.
now() {
  read -r up rest </proc/uptime
  printf '%s0' "\${up%.*}\${up#*.}"
}
used() { if [ "$upper" = folder ]; then du -s -B 1 . | cut -f 1; else df -B 1 --output=used /tmp | tail -n 1; fi; }
# Kills all but pid 1 and itself, kill(2).
stop() {
  say limit "$1"
  : >"$notes/limit"
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
watch &

say clone
for step in "$notes"/steps/*; do
  IFS=- read -r number allowed bytes <<END
\${step##*/}
END
  began=$(now)
  (
    cd /
    set -- timeout -s KILL "$allowed" xargs -0 -x -s 1000000 -a "$step" sh -c '"$@"; echo $? >"$0"' "$step.code" $drop
    if [ "$bytes" = loud ]; then exec "$@"; else exec "$@" >"$step.output" 2>&1 3>&-; fi
  ) </dev/null
  [ ! -e "$notes/limit" ] || break
  say step "$(cat "$step.code" 2>/dev/null || echo killed)" "$(($(now) - began))" \\
    "$([ "$bytes" = loud ] || head -c "$bytes" "$step.output" 2>/dev/null | base64 -w 0)"
done
say disk "$(used)"
sort -u "$notes/stood-in" 2>/dev/null | while read -r program; do say stood-in "$program"; done
say end
`;
