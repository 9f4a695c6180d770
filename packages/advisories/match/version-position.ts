import { orderVersions, SCHEMES } from '@thimble/versions';

/** Where one version lies against boundaries of a scheme: -1 before, 0 equal, 1 after, null not comparable. */
export type Position = (boundary: string) => -1 | 0 | 1 | null;

/** Remembers its answers: a package's hundreds of claims share few boundaries. */
export function positionOf(scheme: string, version: string): Position {
  const known = new Map<string, -1 | 0 | 1 | null>();
  return (boundary) => {
    const before = known.get(boundary);
    if (before !== undefined) return before;
    const order = orderOrNull(scheme, version, boundary);
    known.set(boundary, order);
    return order;
  };
}

const KNOWN_SCHEMES: ReadonlySet<string> = new Set(SCHEMES.map(({ id }) => id));

/** null: one of them is no version of the scheme, they are of forms without an order, or nothing knows the scheme. */
export function orderOrNull(scheme: string, a: string, b: string): -1 | 0 | 1 | null {
  if (!KNOWN_SCHEMES.has(scheme)) return null;
  const result = orderVersions(scheme, a, b);
  return 'order' in result ? result.order : null;
}

/** Whether the scheme can place the version at all: what can be ordered equals itself. */
export function isPlaceable(scheme: string, version: string): boolean {
  return orderOrNull(scheme, version, version) === 0;
}
