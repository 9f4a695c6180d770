/**
 * Why a product is not affected, in the words that CSAF (3.2.3.5.2) and OpenVEX share; CycloneDX's are translated.
 */
export const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
export type Justification = (typeof JUSTIFICATIONS)[number];

/** What somebody says about one vulnerability in some products. */
export interface VexStatement {
  readonly vulnerability: string;
  /** Package URLs, sorted, without doubles. */
  readonly products: readonly string[];
  readonly status: 'affected' | 'not_affected' | 'fixed' | 'under_investigation';
  /** Only of `not_affected`. */
  readonly justification: Justification | null;
  /** Of `affected` what to do, of `not_affected` why; may be empty. */
  readonly detail: string;
}

export interface VexDocument {
  readonly id: string;
  readonly author: string;
  /** When it was last changed, ISO 8601; null: not stated. */
  readonly at: string | null;
  readonly statements: readonly VexStatement[];
}

export interface VexReading {
  readonly format: 'cyclonedx' | 'csaf';
  readonly document: VexDocument;
  /** Statements that could not be used, and why; never dropped silently. */
  readonly faults: readonly string[];
}

/** Statements with the same words about the same vulnerability are one, in a fixed order. */
export function mergedStatements(statements: readonly VexStatement[]): readonly VexStatement[] {
  const merged = new Map<string, VexStatement>();
  for (const statement of statements) {
    const { vulnerability, status, justification, detail } = statement;
    const key = JSON.stringify([vulnerability, status, justification, detail]);
    const products = [...(merged.get(key)?.products ?? []), ...statement.products];
    merged.set(key, { ...statement, products: [...new Set(products)].sort() });
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, statement]) => statement);
}
