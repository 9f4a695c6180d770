import { cpeProductName, parseCpe } from '../cpe/cpe-name.ts';
import type { CsafProduct } from './product-tree.ts';
import { windowsProduct } from '../windows-product.ts';
import { parseVersionRange, type VersionRange } from './version-range.ts';

/** A vendor's product, a device or an application, under the name that CPE dictionaries give it. */
export interface ProductSubject {
  readonly namespace: 'cpe' | 'windows';
  readonly name: string;
  readonly title: string;
  readonly range: VersionRange;
}

/** How vendors call themselves, and what CPE names call them. */
const VENDORS: ReadonlyMap<string, string> = new Map([
  ['fortinet psirt', 'fortinet'],
  ['palo alto networks', 'paloaltonetworks'],
  ['sick ag', 'sick'],
  ['nozomi networks', 'nozominetworks'],
  ['open-xchange gmbh', 'open-xchange'],
  ['rockwell automation', 'rockwellautomation'],
  ['juniper networks', 'juniper'],
  ['schneider electric', 'schneider-electric'],
  ['microsoft security response center', 'microsoft'],
]);
const PRODUCTS: ReadonlyMap<string, string> = new Map([
  ['cisco:ios_xe_software', 'ios_xe'],
  ['cisco:ios_xr_software', 'ios_xr'],
  ['cisco:ios_software', 'ios'],
  ['cisco:nx-os_software', 'nx-os'],
  ['cisco:cisco_adaptive_security_appliance_asa_software', 'adaptive_security_appliance_software'],
  ['cisco:adaptive_security_appliance_asa_software', 'adaptive_security_appliance_software'],
  ['cisco:firepower_threat_defense_ftd_software', 'firepower_threat_defense'],
  ['cisco:secure_firewall_threat_defense_ftd_software', 'firepower_threat_defense'],
]);

/** Branches that name the product; `product` is Fortinet's own. */
const NAMING: ReadonlySet<string> = new Set(['product_name', 'product_family', 'product']);
const VERSIONING: ReadonlySet<string> = new Set([
  'product_version',
  'product_version_range',
  'service_pack',
  'patch_level',
]);

/** Null: the document names no product for it. A part of something larger is not the product itself. */
export function namedProduct(product: CsafProduct, publisher: string): ProductSubject | null {
  const whole = product.part === null ? product : installedOn(product.part);
  if (whole === null) return null;
  const title = lastOf(whole, NAMING) ?? '';
  const vendor = slug(lastOf(whole, new Set(['vendor'])) ?? publisher, VENDORS);
  const version = lastOf(whole, VERSIONING);
  const cpe = whole.cpe === null ? null : parseCpe(whole.cpe);
  const cpeVersion = cpe?.version ?? null;
  const words = version ?? (cpeVersion !== null && cpeVersion !== '-' ? cpeVersion : '');
  const name = cpe === null ? productSlug(vendor, title || whole.name) : cpeProductName(cpe);
  if (name === null) return null;
  const range = parseVersionRange(words, title);
  return {
    namespace: vendor === 'microsoft' ? 'windows' : 'cpe',
    name: vendor === 'microsoft' ? windowsProduct(title || whole.name).name : name,
    title: whole.name || title,
    // Without words, what is meant is the product as such.
    range: words === '' ? { kind: 'unreadable', text: 'no version is stated' } : listedOrRange(range, words, whole),
  };
}

/** `product_version` is one version, also where it does not look like one: 12.2(55)SE, `Corefix 14`. */
function listedOrRange(range: VersionRange, words: string, product: CsafProduct): VersionRange {
  const category = product.path.findLast((step) => VERSIONING.has(step.category))?.category;
  if (range.kind !== 'unreadable' || category === 'product_version_range' || words.length > 100) return range;
  // Sentences are not versions.
  if (!/^\S*\d\S*( \S+)?$/.test(words)) return range;
  return { kind: 'some', intervals: [], versions: [words], except: [], endsWithRepair: false };
}

/** Of `A installed on B` the affected thing is A; of `A as a component of B` it is B's copy, which no inventory shows. */
function installedOn(part: NonNullable<CsafProduct['part']>): CsafProduct | null {
  return part.component.part === null && part.component.path.length > 0 ? part.component : null;
}

function lastOf(product: CsafProduct, categories: ReadonlySet<string>): string | null {
  return product.path.findLast((step) => categories.has(step.category))?.name ?? null;
}

function productSlug(vendor: string, title: string): string | null {
  const plain = slug(title, new Map());
  const short = plain.startsWith(`${vendor}_`) ? plain.slice(vendor.length + 1) : plain;
  const product = PRODUCTS.get(`${vendor}:${short}`) ?? short;
  return vendor === '' || product === '' ? null : `${vendor}:${product}`;
}

/** `Palo Alto Networks` → paloaltonetworks by the table, `RUGGEDCOM APE1808` → ruggedcom_ape1808. */
function slug(text: string, known: ReadonlyMap<string, string>): string {
  const lower = text.trim().toLowerCase();
  return (
    known.get(lower) ??
    lower
      .replace(/[^\p{L}\p{N}.+-]+/gu, '_')
      .replace(/^_|_$/g, '')
      .slice(0, 200)
  );
}
