/** How one family of packages writes and orders its versions. */
export interface VersionScheme<Parsed = unknown> {
  readonly id: string;
  readonly name: string;
  /** The specification that the order follows. */
  readonly specification: string;
  /** Longer texts are no versions; `VERSION_LIMIT_CHARACTERS` when absent. Above it, only what takes linear time. */
  readonly limitCharacters?: number;
  /** null: the text is not a version of this scheme. */
  parse(text: string): Parsed | null;
  /** null: both are versions, but of forms that nothing orders; never for a scheme whose order is total. */
  compare(a: Parsed, b: Parsed): -1 | 0 | 1 | null;
}

/** Real versions have less than 200; registries allow 256. The rest is room, and a bound for hostile text. */
export const VERSION_LIMIT_CHARACTERS = 4096;

/** The order of two texts, or why there is none. */
export type VersionOrder =
  | { readonly order: -1 | 0 | 1 }
  | { readonly notAVersion: string }
  | { readonly notComparable: true };

/** Hides the parsed form, so that schemes of different forms fit into one table. */
export interface ComparableScheme {
  readonly id: string;
  readonly name: string;
  readonly specification: string;
  /** Never throws: for what can be garbage by the thousand, where an exception each is slow. */
  order(a: string, b: string): VersionOrder;
  accepts(text: string): boolean;
}

export function comparable<Parsed>(scheme: VersionScheme<Parsed>): ComparableScheme {
  const limit = scheme.limitCharacters ?? VERSION_LIMIT_CHARACTERS;
  const parse = (text: string): Parsed | null => (text.length > limit ? null : scheme.parse(text));
  return {
    id: scheme.id,
    name: scheme.name,
    specification: scheme.specification,
    accepts: (text) => parse(text) !== null,
    order(a, b) {
      const left = parse(a);
      if (left === null) return { notAVersion: a };
      const right = parse(b);
      if (right === null) return { notAVersion: b };
      const order = scheme.compare(left, right);
      return order === null ? { notComparable: true } : { order };
    },
  };
}
