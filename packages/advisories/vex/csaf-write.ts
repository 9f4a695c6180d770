import type { VexDocument, VexStatement } from './statement.ts';

export interface CsafPublication {
  readonly title: string;
  /** The publisher's own address: CSAF demands a URI (3.1.8.4). */
  readonly namespace: string;
  /** When the document was made, ISO 8601. */
  readonly at: string;
  /** Its number among the versions of this document, from 1. */
  readonly version: number;
}

/**
 * A CSAF 2.0 document of the VEX profile (section 4.5): a product for each package URL, a status for each statement, and what the
 * profile demands with it: a flag or an impact for 'not affected', an action for 'affected', a note for each vulnerability.
 */
export function writeCsafVex(document: VexDocument, { title, namespace, at, version }: CsafPublication): string {
  const purls = [...new Set(document.statements.flatMap(({ products }) => products))].sort();
  const ids = new Map(purls.map((purl, index) => [purl, `P-${index + 1}`]));
  const idsOf = ({ products }: VexStatement): readonly string[] => products.flatMap((purl) => ids.get(purl) ?? []);
  const vulnerabilities = [...new Set(document.statements.map((statement) => statement.vulnerability))].sort();
  const csaf = {
    document: {
      category: 'csaf_vex',
      csaf_version: '2.0',
      title,
      publisher: { category: 'user', name: document.author, namespace },
      tracking: {
        id: document.id,
        status: 'final',
        version: String(version),
        initial_release_date: at,
        current_release_date: at,
        revision_history: [{ date: at, number: String(version), summary: 'Made from the verdicts of this day' }],
      },
    },
    product_tree: {
      full_product_names: purls.map((purl) => ({
        name: purl,
        product_id: ids.get(purl),
        product_identification_helper: { purl },
      })),
    },
    vulnerabilities: vulnerabilities.map((vulnerability) =>
      vulnerabilityOf(
        vulnerability,
        document.statements.filter((statement) => statement.vulnerability === vulnerability),
        idsOf,
      ),
    ),
  };
  return `${JSON.stringify(csaf, null, 2)}\n`;
}

const STATUS: Readonly<Record<VexStatement['status'], string>> = {
  affected: 'known_affected',
  not_affected: 'known_not_affected',
  fixed: 'fixed',
  under_investigation: 'under_investigation',
};

function vulnerabilityOf(
  vulnerability: string,
  statements: readonly VexStatement[],
  idsOf: (statement: VexStatement) => readonly string[],
) {
  const of = (status: VexStatement['status']) => statements.filter((statement) => statement.status === status);
  const status = (['affected', 'not_affected', 'fixed', 'under_investigation'] as const).flatMap((each) => {
    const ids = [...new Set(of(each).flatMap(idsOf))];
    return ids.length === 0 ? [] : [[STATUS[each], ids] as const];
  });
  const flags = of('not_affected').flatMap((statement) =>
    statement.justification === null ? [] : [{ label: statement.justification, product_ids: idsOf(statement) }],
  );
  const threats = of('not_affected').flatMap((statement) =>
    statement.justification !== null && statement.detail === ''
      ? []
      : [{ category: 'impact', details: statement.detail || 'Stated as not affected', product_ids: idsOf(statement) }],
  );
  const remediations = of('affected').map((statement) => ({
    category: 'vendor_fix',
    details: statement.detail || "Install the publisher's update as soon as there is one",
    product_ids: idsOf(statement),
  }));
  return {
    ...(/^CVE-\d{4}-\d{4,}$/.test(vulnerability)
      ? { cve: vulnerability }
      : { ids: [{ system_name: vulnerability.split('-')[0] ?? 'other', text: vulnerability }] }),
    notes: [{ category: 'summary', text: `Statements about ${vulnerability}` }],
    product_status: Object.fromEntries(status),
    ...(flags.length === 0 ? {} : { flags }),
    ...(threats.length === 0 ? {} : { threats }),
    ...(remediations.length === 0 ? {} : { remediations }),
  };
}
