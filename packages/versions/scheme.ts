/** How one family of packages writes and orders its versions. */
export interface VersionScheme<Parsed = unknown> {
  readonly id: string;
  readonly name: string;
  /** The specification that the order follows. */
  readonly specification: string;
  /** null: the text is not a version of this scheme. */
  parse(text: string): Parsed | null;
  compare(a: Parsed, b: Parsed): -1 | 0 | 1;
}

/** Hides the parsed form, so that schemes of different forms fit into one table. */
export interface ComparableScheme {
  readonly id: string;
  readonly name: string;
  readonly specification: string;
  /** The order, or the text that is no version. */
  order(a: string, b: string): { readonly order: -1 | 0 | 1 } | { readonly notAVersion: string };
  accepts(text: string): boolean;
}

export function comparable<Parsed>(scheme: VersionScheme<Parsed>): ComparableScheme {
  return {
    id: scheme.id,
    name: scheme.name,
    specification: scheme.specification,
    accepts: (text) => scheme.parse(text) !== null,
    order(a, b) {
      const left = scheme.parse(a);
      if (left === null) return { notAVersion: a };
      const right = scheme.parse(b);
      if (right === null) return { notAVersion: b };
      return { order: scheme.compare(left, right) };
    },
  };
}
