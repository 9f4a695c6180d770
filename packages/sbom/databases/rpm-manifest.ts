import { SbomError } from '../reader.ts';
import type { InstalledDatabase, InstalledSoftware } from './installed-software.ts';
import { moduleStream, sourceOfRpm } from './rpm-header.ts';

/** How to print what `readRpmManifest` reads, with rpm itself: also how distroless RPM images carry their list. */
export const RPM_QUERY_FORMAT =
  '%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{INSTALLTIME}\\t%{BUILDTIME}\\t%{VENDOR}\\t%{EPOCH}\\t%{SIZE}\\t%{ARCH}\\t%{EPOCHNUM}\\t%{SOURCERPM}\\t%{MODULARITYLABEL}\\n';

const FIELDS_MIN = 10;

/**
 * Lines of `rpm -qa --queryformat` as `RPM_QUERY_FORMAT` says; `container-manifest-2` of distroless images has the same
 * fields without the last.
 *
 * @throws SbomError `malformed` when there is text but not one package
 */
export function readRpmManifest(bytes: Uint8Array): InstalledDatabase {
  const packages: InstalledSoftware[] = [];
  const problems: string[] = [];
  const text = Buffer.from(bytes).toString('utf8');
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const fields = line.split('\t');
    const [name = '', version = '', , , vendor = '', , , architecture = '', epochText = '', sourceRpm = '', label] =
      fields;
    if (fields.length < FIELDS_MIN || name === '' || version === '') {
      problems.push(`a line that names no package: ${JSON.stringify(line.slice(0, 60))}`);
      continue;
    }
    if (name === 'gpg-pubkey') continue;
    const epoch = /^\d{1,10}$/.test(epochText) && epochText !== '0' ? Number(epochText) : null;
    packages.push({
      name,
      version: `${epoch === null ? '' : `${epoch}:`}${version}`,
      architecture: architecture === '' || architecture === '(none)' ? null : architecture,
      source: sourceOfRpm(sourceRpm, epoch),
      vendor: vendor === '' || vendor === '(none)' ? null : vendor,
      module: label === undefined || label === '(none)' ? null : moduleStream(label),
      licence: null,
    });
  }
  if (packages.length === 0 && text.trim() !== '') throw new SbomError('malformed', 'no line of it names a package');
  return { packages, problems: problems.slice(0, 20) };
}
