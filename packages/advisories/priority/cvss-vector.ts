/** The metrics of a CVSS vector as published; versions 2, 3 and 4 name them alike. null: there is no usable vector. */
function metricsOf(vector: string | null): ReadonlyMap<string, string> | null {
  if (vector === null) return null;
  const pairs = vector
    .replace(/^CVSS:\d\.\d\//, '')
    .split('/')
    .map((part) => part.split(':'));
  const metrics = new Map(pairs.flatMap(([name, value]) => (name && value ? [[name, value] as const] : [])));
  return metrics.has('AV') ? metrics : null;
}

/**
 * Whether an attacker can do it again and again without a person's help: over the network, without conditions, rights or
 * a user's action (AV:N/AC:L/PR:N/UI:N, in version 4 also AT:N, in version 2 Au:N). null: no vector says.
 */
export function isAutomatable(vector: string | null): boolean | null {
  const metrics = metricsOf(vector);
  if (metrics === null) return null;
  const isVersion2 = metrics.has('Au');
  const needed: readonly (readonly [string, string])[] = isVersion2
    ? [
        ['AV', 'N'],
        ['AC', 'L'],
        ['Au', 'N'],
      ]
    : [
        ['AV', 'N'],
        ['AC', 'L'],
        ['PR', 'N'],
        ['UI', 'N'],
      ];
  return needed.every(([name, value]) => metrics.get(name) === value) && (metrics.get('AT') ?? 'N') === 'N';
}

/** SSVC's technical impact: total when confidentiality, integrity and availability are all lost. null: no vector says. */
export function technicalImpactOf(vector: string | null): 'partial' | 'total' | null {
  const metrics = metricsOf(vector);
  if (metrics === null) return null;
  const all = (names: readonly string[], value: string): boolean => names.every((name) => metrics.get(name) === value);
  return all(['C', 'I', 'A'], 'H') || all(['VC', 'VI', 'VA'], 'H') || all(['C', 'I', 'A'], 'C') ? 'total' : 'partial';
}
