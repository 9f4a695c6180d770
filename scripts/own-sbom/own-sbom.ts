import { createHash } from 'node:crypto';

interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
}

/**
 * What Thimble itself is made of, as CycloneDX 1.6: every package that the lock file names for other things than building and
 * testing. The same lock file gives the same bytes, as there is neither a time nor a random number in it.
 *
 * @param lockFile text of package-lock.json
 */
export function ownSbom(lockFile: string, version: string): string {
  const { packages } = JSON.parse(lockFile) as { readonly packages: Readonly<Record<string, LockedPackage>> };
  const components = Object.entries(packages)
    .filter(([path, each]) => path.includes('node_modules/') && each.link !== true && each.dev !== true)
    .map(([path, each]) => componentOf(each.name ?? path.split('node_modules/').at(-1) ?? path, each))
    .toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1))
    // One version may lie in several folders.
    .filter((each, index, all) => each['bom-ref'] !== all[index - 1]?.['bom-ref']);
  const digest = createHash('sha256').update(lockFile).update(version).digest('hex');
  const thimble = { type: 'application', 'bom-ref': 'thimble', name: 'thimble', version };
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(digest)}`,
    version: 1,
    metadata: { component: { ...thimble, licenses: [{ license: { id: 'Apache-2.0' } }] } },
    components,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function componentOf(name: string, { version = '', license, integrity }: LockedPackage) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
  const [algorithm = '', digest = ''] = integrity?.split(' ', 1)[0]?.split('-', 2) ?? [];
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    ...(algorithm === 'sha512'
      ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }
      : {}),
    ...(license === undefined ? {} : { licenses: [licenceOf(license)] }),
  };
}

/** An SPDX id or an expression of several. */
function licenceOf(license: string): object {
  return /[ ()]/.test(license) ? { expression: license.replace(/^\((.*)\)$/, '$1') } : { license: { id: license } };
}

/** RFC 9562 version 8: bits that whoever makes it chooses. */
function uuidOf(hex: string): string {
  const bits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
  return bits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
