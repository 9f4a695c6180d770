import { LIMITS, type Advisory, type Claim, type Provenance } from '../../model/index.ts';
import { pastMoment } from '../moments.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, fixedIn, line, prose } from '../record.ts';
import { childOf, childrenOf, textOf, type XmlElement } from '../xml.ts';
import type { RepositoryPlace } from './repository.ts';

/**
 * An `update` element as an advisory; null: it is not about security. Everything before the listed packages is affected.
 * @param complain is told what of it can't be used
 */
export function normaliseUpdate(
  update: XmlElement,
  place: RepositoryPlace,
  provenance: Provenance,
  now: Date,
  complain: (reason: string) => void,
): Advisory | null {
  if (update.attributes.get('type') !== 'security') return null;
  const name = textOf(update, 'id');
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) {
    complain('it has no id');
    return null;
  }
  const references = childrenOf(childOf(update, 'references'), 'reference');
  const vulnerabilities = vulnerabilitiesOf(update, references);
  const claims = claimsOf(update, place, complain);
  if (claims.length === 0 && vulnerabilities.length === 0) {
    complain('it names neither a vulnerability nor a package');
    return null;
  }
  return {
    ...EMPTY_ADVISORY,
    id: place.key === '' ? name : `${place.namespace}/${place.key}/${name}`,
    name,
    vulnerabilities: vulnerabilities.length === 0 ? [name] : [...vulnerabilities],
    title: line(textOf(update, 'title')),
    summary: prose(textOf(update, 'description')),
    published: pastMoment(childOf(update, 'issued')?.attributes.get('date'), now),
    modified: pastMoment(childOf(update, 'updated')?.attributes.get('date'), now),
    severity: line(textOf(update, 'severity')) || null,
    references: references
      .flatMap(({ attributes }) => {
        const url = attributes.get('href') ?? '';
        return url === '' || url.length > 4096 ? [] : [{ kind: line(attributes.get('type') ?? 'reference'), url }];
      })
      .slice(0, LIMITS.referencesPerAdvisory),
    claims,
    provenance,
  };
}

/** Fedora names CVEs only in words: in titles of bug reports, in its own title and description. */
function vulnerabilitiesOf(update: XmlElement, references: readonly XmlElement[]): readonly string[] {
  const stated = references
    .filter(({ attributes }) => attributes.get('type') === 'cve')
    .map(({ attributes }) => attributes.get('id') ?? '');
  const words =
    stated.length > 0
      ? stated
      : [
          textOf(update, 'title'),
          textOf(update, 'description'),
          ...references.map(({ attributes }) => attributes.get('title') ?? ''),
        ];
  const ids = words.flatMap((text) => text.match(/\bCVE-\d{4}-\d{4,19}\b/g) ?? []);
  return [...new Set(ids)].sort().slice(0, LIMITS.vulnerabilitiesPerAdvisory);
}

function claimsOf(update: XmlElement, place: RepositoryPlace, complain: (reason: string) => void): Claim[] {
  const claims = new Map<string, Claim>();
  for (const list of childrenOf(update, 'pkglist'))
    for (const collection of childrenOf(list, 'collection')) {
      const module = moduleOf(childOf(collection, 'module'));
      for (const { attributes } of childrenOf(collection, 'package')) {
        const [name, version, release] = ['name', 'version', 'release'].map((key) => attributes.get(key) ?? '');
        if (!name || !version || !release || name.length > 512) {
          complain('a package has no name, version or release');
          continue;
        }
        const architecture = attributes.get('arch') ?? 'noarch';
        if (architecture === 'src' || architecture === 'nosrc') continue;
        const epoch = attributes.get('epoch') ?? '0';
        const evr = `${epoch === '' || epoch === '0' ? '' : `${epoch}:`}${version}-${release}`;
        const key = [name, evr, module, architecture === 'noarch'].join(' ');
        const known = claims.get(key);
        if (known !== undefined) {
          if (known.architectures?.includes(architecture) === false) known.architectures.push(architecture);
          continue;
        }
        claims.set(key, {
          ...EMPTY_CLAIM,
          ...fixedIn('rpm', evr, complain),
          namespace: place.namespace,
          name,
          nameKind: 'binary',
          scheme: 'rpm',
          channel: place.channel,
          module,
          architectures: architecture === 'noarch' ? null : [architecture],
        });
      }
    }
  return [...claims.values()];
}

function moduleOf(module: XmlElement | undefined): string | null {
  const [name, stream] = [module?.attributes.get('name') ?? '', module?.attributes.get('stream') ?? ''];
  return name === '' || stream === '' ? null : line(`${name}:${stream}`);
}
