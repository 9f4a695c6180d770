import { PackageURL } from 'packageurl-js';
import type { VexStatement } from './statement.ts';

/**
 * The statement that speaks of a product, given by its package URL; null: none does. A statement without a version holds for all
 * versions; qualifiers that it states must fit, others do not matter. An exact version beats none; among equals the
 * more careful one counts: affected, then under investigation.
 */
export function statementFor(
  statements: readonly VexStatement[],
  vulnerability: string,
  purl: string,
): VexStatement | null {
  const product = parsed(purl);
  if (product === null) return null;
  let best: { statement: VexStatement; weight: number } | null = null;
  for (const statement of statements) {
    if (statement.vulnerability !== vulnerability) continue;
    for (const stated of statement.products) {
      const fit = fitOf(parsed(stated), product);
      if (fit === null) continue;
      const weight = fit * 10 + CARE[statement.status];
      if (best === null || weight > best.weight) best = { statement, weight };
    }
  }
  return best?.statement ?? null;
}

const CARE: Readonly<Record<VexStatement['status'], number>> = {
  affected: 3,
  under_investigation: 2,
  fixed: 1,
  not_affected: 0,
};

function parsed(purl: string): PackageURL | null {
  if (purl.length > 4096) return null;
  try {
    return PackageURL.fromString(purl);
  } catch {
    return null;
  }
}

/** 2: this version. 1: every version. null: another product. */
function fitOf(stated: PackageURL | null, product: PackageURL): 1 | 2 | null {
  if (stated === null || stated.type !== product.type || stated.name !== product.name) return null;
  if ((stated.namespace ?? '') !== (product.namespace ?? '')) return null;
  const own = new Map(Object.entries(product.qualifiers ?? {}));
  for (const [key, value] of Object.entries(stated.qualifiers ?? {}))
    if (own.has(key) && own.get(key) !== value) return null;
  if (stated.version === undefined || stated.version === '') return 1;
  return stated.version === product.version ? 2 : null;
}
