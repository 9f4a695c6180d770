import type { Justification, VexDocument, VexStatement } from './statement.ts';

const STATES: Readonly<Record<VexStatement['status'], string>> = {
  affected: 'exploitable',
  not_affected: 'not_affected',
  fixed: 'resolved',
  under_investigation: 'in_triage',
};

const JUSTIFICATION_WORDS: Readonly<Record<Justification, string>> = {
  component_not_present: 'code_not_present',
  vulnerable_code_not_present: 'code_not_present',
  vulnerable_code_not_in_execute_path: 'code_not_reachable',
  vulnerable_code_cannot_be_controlled_by_adversary: 'requires_environment',
  inline_mitigations_already_exist: 'protected_by_mitigating_control',
};

/** A CycloneDX 1.6 document (JSON) with components for the products and one vulnerability for each statement. */
export function writeCycloneDxVex(document: VexDocument): string {
  const purls = [...new Set(document.statements.flatMap(({ products }) => products))].sort();
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    ...(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(document.id) ? { serialNumber: document.id } : {}),
    version: 1,
    metadata: {
      ...(document.at === null ? {} : { timestamp: document.at }),
      authors: [{ name: document.author }],
    },
    components: purls.map((purl) => ({ type: 'library', 'bom-ref': purl, name: nameIn(purl), purl })),
    vulnerabilities: document.statements.map(vulnerabilityOf),
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function vulnerabilityOf({ vulnerability, products, status, justification, detail }: VexStatement) {
  return {
    id: vulnerability,
    analysis: {
      state: STATES[status],
      ...(justification === null ? {} : { justification: JUSTIFICATION_WORDS[justification] }),
      ...(detail === '' ? {} : { detail }),
    },
    affects: products.map((ref) => ({ ref })),
  };
}

/** The format demands a name; the package URL holds the exact one. */
function nameIn(purl: string): string {
  return (
    purl
      .replace(/[@?#].*$/, '')
      .split('/')
      .at(-1) || purl
  );
}
