import { jsonOf, textOf } from '../parse-text.ts';
import { SbomError } from '../reader.ts';
import { readCycloneDx } from './cyclonedx-read.ts';
import { readCycloneDxXml } from './cyclonedx-xml.ts';
import type { SbomDocument } from './sbom-document.ts';
import { readSpdx } from './spdx-read.ts';
import { readSpdxTagValue } from './spdx-tag-value.ts';

/** Whether a file's name is one that bills of materials have by convention (CycloneDX and SPDX recommend them). */
export function isSbomPath(path: string): boolean {
  return /(?:^|\/)(?:bom|[^/]*\.cdx|[^/]*\.spdx|[^/]*cyclonedx[^/]*|[^/]*sbom[^/]*)\.(?:json|xml)$|\.spdx$/i.test(path);
}

/**
 * Reads CycloneDX 1.2 to 1.7 (JSON, XML) and SPDX 2.2 and 2.3 (JSON, tag-value); which one, it says itself.
 *
 * @throws SbomError `malformed`, `unsupported`, `too-large`
 */
export function readSbom(bytes: Uint8Array, path: string): SbomDocument {
  const start = textOf(bytes.subarray(0, 4096), `${path} (its beginning)`.slice(0, 300), true).trimStart();
  if (start.startsWith('<')) return readCycloneDxXml(textOf(bytes, path), path);
  if (/^(?:#.*\n\s*)*SPDXVersion:/.test(start)) return readSpdxTagValue(textOf(bytes, path), path);
  const document = jsonOf(bytes, path);
  if (document.get('bomFormat').text === 'CycloneDX') return readCycloneDx(document, path);
  if (document.get('spdxVersion').exists) return readSpdx(document, path);
  if (document.get('@context').exists && document.get('@graph').exists)
    throw new SbomError('unsupported', `${path} is SPDX 3: give it as SPDX 2.3 or CycloneDX`);
  throw new SbomError('unsupported', `${path} is neither CycloneDX nor SPDX: it has no bomFormat and no spdxVersion`);
}
