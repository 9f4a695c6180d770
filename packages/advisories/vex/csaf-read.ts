import { Compile } from 'typebox/compile';
import { productsOf, type CsafProduct } from '../feed/csaf/product-tree.ts';
import { CsafDocument, type CsafProductStatus, type CsafVulnerability } from '../feed/csaf/schema.ts';
import { FeedError } from '../feed/index.ts';
import { RecordId } from '../model/fields.ts';
import {
  JUSTIFICATIONS,
  mergedStatements,
  type Justification,
  type VexReading,
  type VexStatement,
} from './statement.ts';

const DOCUMENT = Compile(CsafDocument);
const RECORD_ID = Compile(RecordId);
const LIMIT_FAULTS = 100;

/** CSAF product status (3.2.3.9) as VEX has it. `recommended` says what to install, nothing about being affected. */
const STATUS: ReadonlyMap<CsafProductStatus, VexStatement['status']> = new Map([
  ['known_affected', 'affected'],
  ['first_affected', 'affected'],
  ['last_affected', 'affected'],
  ['known_not_affected', 'not_affected'],
  ['fixed', 'fixed'],
  ['first_fixed', 'fixed'],
  ['under_investigation', 'under_investigation'],
]);

/** @throws FeedError `malformed` or `unsupported` */
export function readCsafVex(json: object): VexReading {
  if (!DOCUMENT.Check(json)) throw new FeedError('malformed', 'the document is not built as CSAF 2 says');
  const { category, publisher, tracking } = json.document;
  if (category !== 'csaf_vex' && category !== 'csaf_security_advisory')
    throw new FeedError(
      'unsupported',
      `a CSAF document of category '${category.slice(0, 60)}' makes no VEX statements`,
    );
  const products = productsOf(json.product_tree);
  const faults: string[] = [];
  const complain = (fault: string): void => {
    if (faults.length < LIMIT_FAULTS) faults.push(fault.slice(0, 500));
  };
  const statements = (json.vulnerabilities ?? []).flatMap((vulnerability) =>
    statementsOf(vulnerability, products, complain),
  );
  const document = {
    id: tracking.id,
    author: publisher.name,
    at: tracking.current_release_date ?? null,
    statements: mergedStatements(statements),
  };
  return { format: 'csaf', document, faults };
}

function statementsOf(
  vulnerability: CsafVulnerability,
  products: ReadonlyMap<string, readonly CsafProduct[]>,
  complain: (fault: string) => void,
): VexStatement[] {
  const id = vulnerability.cve ?? vulnerability.ids?.[0]?.text ?? '';
  if (!RECORD_ID.Check(id)) {
    complain('a vulnerability has neither a CVE nor another usable id');
    return [];
  }
  const words = wordsOf(vulnerability);
  return Object.entries(vulnerability.product_status ?? {}).flatMap(([key, ids]) => {
    const status = STATUS.get(key as CsafProductStatus);
    if (status === undefined) return [];
    return ids.flatMap((productId): VexStatement[] => {
      const purls = (products.get(productId) ?? []).flatMap(purlsOf);
      if (purls.length === 0) {
        complain(`${id}: product '${productId.slice(0, 200)}' has no package URL`);
        return [];
      }
      const detail = (status === 'affected' ? words.actions : words.impacts).get(productId) ?? '';
      const justification = status === 'not_affected' ? (words.flags.get(productId) ?? null) : null;
      return [{ vulnerability: id, products: purls, status, justification, detail }];
    });
  });
}

function purlsOf({ purl, part }: CsafProduct): readonly string[] {
  if (purl !== null) return [purl];
  return part === null ? [] : purlsOf(part.component);
}

interface Words {
  readonly flags: ReadonlyMap<string, Justification>;
  readonly impacts: ReadonlyMap<string, string>;
  readonly actions: ReadonlyMap<string, string>;
}

function wordsOf({ flags, threats, remediations }: CsafVulnerability): Words {
  const justifications = (flags ?? []).flatMap(({ label, product_ids: ids }) => {
    const known = JUSTIFICATIONS.find((each) => each === label);
    return known === undefined ? [] : (ids ?? []).map((id) => [id, known] as const);
  });
  const impacts = (threats ?? []).filter(({ category }) => category === 'impact');
  return { flags: new Map(justifications), impacts: byProduct(impacts), actions: byProduct(remediations ?? []) };
}

function byProduct(
  entries: readonly { readonly details?: string; readonly product_ids?: readonly string[] }[],
): ReadonlyMap<string, string> {
  return new Map(
    entries.flatMap(({ details, product_ids: ids }) => (ids ?? []).map((id) => [id, details ?? ''] as const)),
  );
}
