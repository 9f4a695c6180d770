import type { Fix } from '../../model/index.ts';
import { line } from '../record.ts';
import type { CsafProductStatus, CsafVulnerability } from './schema.ts';

/** What a document says of one product with regard to one vulnerability. */
export interface Statement {
  readonly productId: string;
  readonly status: CsafProductStatus;
  /** Of products without a fix: why, and the publisher's words. */
  readonly repair: { readonly state: Fix['state']; readonly words: string | null };
  /** Why not affected: the VEX justification. */
  readonly justification: string | null;
  readonly severity: string | null;
}

/** All product statuses of a vulnerability, one by one, with the remediation, justification and severity of each. */
export function statementsOf(vulnerability: CsafVulnerability): readonly Statement[] {
  const repairs = new Map<string, Statement['repair']>();
  for (const { category, details, product_ids: ids } of vulnerability.remediations ?? []) {
    const repair = repairOf(category, details ?? '');
    if (repair === null) continue;
    for (const id of ids ?? []) if (!repairs.has(id) || repair.state !== 'unknown') repairs.set(id, repair);
  }
  const justifications = byProduct(
    vulnerability.flags?.map(({ label, product_ids: ids }) => ({ words: label, ids })) ?? [],
  );
  const impacts = (vulnerability.threats ?? []).filter(({ category }) => category === 'impact');
  const severities = byProduct(impacts.map(({ details, product_ids: ids }) => ({ words: details ?? '', ids })));
  const statements: Statement[] = [];
  const statuses = Object.entries(vulnerability.product_status ?? {}).filter(
    (entry): entry is [CsafProductStatus, string[]] => isStatus(entry[0]),
  );
  for (const [status, ids] of statuses)
    for (const productId of ids)
      statements.push({
        productId,
        status,
        repair: repairs.get(productId) ?? { state: 'unknown', words: null },
        justification: justifications(productId),
        severity: severityWord(severities(productId)),
      });
  return statements;
}

const STATUSES: ReadonlySet<string> = new Set<CsafProductStatus>([
  'first_affected',
  'first_fixed',
  'fixed',
  'known_affected',
  'known_not_affected',
  'last_affected',
  'recommended',
  'under_investigation',
]);

function isStatus(text: string): text is CsafProductStatus {
  return STATUSES.has(text);
}

/** CSAF 2.0, 3.2.3.12.1. Workarounds and mitigations are no repairs. */
function repairOf(category: string, details: string): Statement['repair'] | null {
  const words = line(details) || null;
  switch (category) {
    case 'vendor_fix':
    case 'fix_planned':
    case 'optional_patch':
      return { state: 'unknown', words: null };
    case 'none_available':
      return { state: /deferred/i.test(details) ? 'deferred' : 'none', words };
    case 'no_fix_planned':
      return {
        state: /out of support|end[- ]of[- ]life|no longer supported/i.test(details) ? 'end-of-life' : 'wont-fix',
        words,
      };
    default:
      return null;
  }
}

/** The words for a product; an entry without products holds for all. */
function byProduct(entries: readonly { readonly words: string; readonly ids: readonly string[] | undefined }[]) {
  const words = new Map<string, string>();
  let all: string | null = null;
  for (const entry of entries) {
    if (entry.ids === undefined) all ??= line(entry.words) || null;
    for (const id of entry.ids ?? []) if (!words.has(id)) words.set(id, line(entry.words));
  }
  return (id: string): string | null => words.get(id) ?? all;
}

/** Red Hat and SUSE write their severity as the impact; others describe the impact in sentences. */
function severityWord(impact: string | null): string | null {
  return impact !== null && /^(critical|important|moderate|low|high|medium|none)$/i.test(impact) ? impact : null;
}
