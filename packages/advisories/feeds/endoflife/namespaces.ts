/** Which releases of endoflife.date's products are distributions that advisories speak of, and their namespaces. */
const DISTRIBUTIONS: ReadonlyMap<string, { readonly namespace: string; readonly cycle: RegExp }> = new Map([
  ['almalinux', { namespace: 'almalinux', cycle: /^\d+$/ }],
  ['alpine-linux', { namespace: 'alpine', cycle: /^\d+\.\d+$/ }],
  ['debian', { namespace: 'debian', cycle: /^\d+$/ }],
  ['fedora', { namespace: 'fedora', cycle: /^\d+$/ }],
  // `14` is the branch, `14.1` one release of it: ports and packages follow the branch.
  ['freebsd', { namespace: 'freebsd', cycle: /^\d+$/ }],
  ['opensuse', { namespace: 'opensuse-leap', cycle: /^\d+\.\d+$/ }],
  ['oracle-linux', { namespace: 'ol', cycle: /^\d+$/ }],
  ['rhel', { namespace: 'rhel', cycle: /^\d+$/ }],
  ['rocky-linux', { namespace: 'rocky', cycle: /^\d+$/ }],
  ['sles', { namespace: 'sles', cycle: /^\d+(?:\.\d+)?$/ }],
  ['ubuntu', { namespace: 'ubuntu', cycle: /^\d+\.\d+$/ }],
]);

/** `debian` and `12` → `debian:12`; null: not a distribution's release, or one that no advisory names. */
export function namespaceOfCycle(product: string, cycle: string): string | null {
  if (product === 'amazon-linux') return amazonNamespace(cycle);
  const distribution = DISTRIBUTIONS.get(product);
  return distribution !== undefined && distribution.cycle.test(cycle) ? `${distribution.namespace}:${cycle}` : null;
}

/** Amazon Linux 1 was released twice a year: its last release, 2018.03, is the one that had support until the end. */
function amazonNamespace(cycle: string): string | null {
  if (cycle === '2018.03') return 'amzn:1';
  return /^\d{1,4}$/.test(cycle) ? `amzn:${cycle}` : null;
}
