import type { Endpoint } from '../endpoint.ts';

/**
 * Processes that still map executable code from a file which was replaced, `pid unit`; read from /proc by a script of
 * our own, with no part of the product.
 */
export async function staleProcesses(machine: Endpoint): Promise<readonly string[]> {
  const script = `
    for maps in /proc/[0-9]*/maps; do
      pid=\${maps#/proc/}; pid=\${pid%/maps}
      grep -sqE '^[0-9a-f-]+ r.xp [0-9a-f]+ [0-9a-f:]+ [1-9][0-9]* +/(usr|lib|bin|sbin|opt|etc).* \\(deleted\\)$' "$maps" || continue
      echo "$pid $(sed -n 's,^0::/,,p' "/proc/$pid/cgroup" 2>/dev/null) $(cat "/proc/$pid/comm" 2>/dev/null)"
    done`;
  return (await machine.shell(script)).split('\n').filter((line) => line !== '');
}

export async function mainPid(machine: Endpoint, unit: string): Promise<string> {
  return (await machine.shell(`systemctl show --property=MainPID --value ${unit}`)).trim();
}

/** What the web server on the endpoint answers itself. */
export async function webStatus(machine: Endpoint): Promise<string> {
  return machine.shell(`curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' http://127.0.0.1/`);
}

export async function failedUnits(machine: Endpoint): Promise<readonly string[]> {
  const listed = await machine.shell('systemctl list-units --failed --plain --no-legend');
  return listed.split('\n').flatMap((line) => line.split(' ')[0] || []);
}
