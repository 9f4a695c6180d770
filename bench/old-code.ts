import type { Endpoint } from '@thimble/lab';

/** A process that still runs code from a file which was replaced or removed. */
export interface OldCode {
  readonly pid: number;
  /** Of its control group: `nginx.service`, `init.scope`, or what a person's shell is in. */
  readonly unit: string;
  readonly command: string;
}

/**
 * Asks the kernel, with no part of the product: executable mappings of deleted files that packages bring
 * (proc_pid_maps(5)), and the control group that each such process is in.
 */
const SCRIPT = `
for maps in /proc/[0-9]*/maps; do
  pid=\${maps#/proc/}; pid=\${pid%/maps}
  grep -sqE '^[0-9a-f-]+ r.xp [0-9a-f]+ [0-9a-f:]+ [1-9][0-9]* +/(usr|lib|bin|sbin|opt|etc).* \\(deleted\\)$' "$maps" || continue
  echo "$pid $(sed -n 's,^0::/,,p' "/proc/$pid/cgroup" 2>/dev/null) $(cat "/proc/$pid/comm" 2>/dev/null)"
done`;

export async function findOldCode(machine: Endpoint): Promise<readonly OldCode[]> {
  return parseOldCode(await machine.shell(SCRIPT));
}

export function parseOldCode(text: string): readonly OldCode[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(\d+) (.*) (\S*)$/.exec(line);
    if (match === null) return [];
    const [, pid, group = '', command = ''] = match;
    return [{ pid: Number(pid), unit: unitOf(group), command }];
  });
}

/** The innermost part of a control group's path that is a unit's name (systemd.unit(5)). */
function unitOf(group: string): string {
  const parts = group.split('/').filter((part) => /\.(service|scope|slice)$/.test(part));
  return parts.at(-1) ?? 'none';
}

/** Each service once, however many processes it has. */
export function unitsOf(found: readonly OldCode[]): readonly string[] {
  return [...new Set(found.map(({ unit }) => unit))].sort();
}
