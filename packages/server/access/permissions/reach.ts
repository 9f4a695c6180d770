/** Which endpoints somebody may see or act on. Of labels: an endpoint that has all labels of any of them. */
export type Reach =
  | { readonly kind: 'all' }
  | { readonly kind: 'labels'; readonly anyOf: readonly Readonly<Record<string, string>>[] };

export const EVERYWHERE: Reach = { kind: 'all' };

/** What either reaches. */
export function uniteReach(one: Reach, other: Reach): Reach {
  if (one.kind === 'all' || other.kind === 'all') return EVERYWHERE;
  return { kind: 'labels', anyOf: [...one.anyOf, ...other.anyOf] };
}

/** What both reach. */
export function intersectReach(one: Reach, other: Reach): Reach {
  if (one.kind === 'all') return other;
  if (other.kind === 'all') return one;
  return { kind: 'labels', anyOf: one.anyOf.flatMap((left) => other.anyOf.flatMap((right) => bothOf(left, right))) };
}

/** Whether everything that `inner` reaches, whatever labels endpoints get, `outer` reaches too. */
export function coversReach(outer: Reach, inner: Reach): boolean {
  if (outer.kind === 'all') return true;
  if (inner.kind === 'all') return false;
  return inner.anyOf.every((labels) => outer.anyOf.some((wider) => isWithin(labels, wider)));
}

/** Whether an endpoint with these labels is within reach. */
export function reaches(reach: Reach, labels: Readonly<Record<string, string>>): boolean {
  return reach.kind === 'all' || reach.anyOf.some((wanted) => isWithin(labels, wanted));
}

/** Nothing has both when they want different values of one label. */
function bothOf(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): readonly Readonly<Record<string, string>>[] {
  const merged = new Map(Object.entries(left));
  for (const [key, value] of Object.entries(right)) {
    if ((merged.get(key) ?? value) !== value) return [];
    merged.set(key, value);
  }
  return [Object.fromEntries(merged)];
}

function isWithin(labels: Readonly<Record<string, string>>, wider: Readonly<Record<string, string>>): boolean {
  return Object.entries(wider).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
