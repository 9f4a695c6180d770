import { createHash } from 'node:crypto';
import { isVersion } from '@thimble/versions';
import semver from 'semver';
import type { FeedItem } from '../../feed/index.ts';
import { fieldsOf, listOf, own, text, type Fields } from '../../feed/json-value.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, line } from '../../feed/record.ts';
import { canonicalVulnerability, type Advisory, type Claim, type Interval } from '../../model/index.ts';

export interface Component {
  /** The repository's own name of it. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
}

/** Its package in npm, where the repository names one; else it is known by the repository's own name. */
export function componentOf(key: string, fields: Fields): Component {
  const npmName = text(own(fields, 'npmname'));
  const shown = line(key).slice(0, 200);
  if (npmName !== '' && npmName.length <= 512) return { key: shown, namespace: 'npm', name: npmName };
  return { key: shown, namespace: 'retirejs', name: shown || 'unnamed' };
}

/** One entry of a component's `vulnerabilities`: a stretch `atOrAbove` … `below`, and what it is known by. */
export function vulnerabilityItems(
  component: Component,
  entry: unknown,
  index: number,
  seen: Set<string>,
): readonly FeedItem[] {
  const place = line(`${component.key}/${index}`);
  const fault = (reason: string): FeedItem => ({ kind: 'fault', record: place, reason: line(reason) });
  const fields = fieldsOf(entry);
  if (fields === null) return [fault('the vulnerability is no object')];
  const written = JSON.stringify(entry);
  const sha256 = createHash('sha256').update(written).digest('hex');
  const identifiers = fieldsOf(own(fields, 'identifiers')) ?? {};
  const ids = idsOf(identifiers);
  // Entries have no id of their own; one that is there twice is one.
  const slug = component.key.replace(/[^\x21-\x7e]/g, '-').slice(0, 60);
  const id = `${slug}:${sha256.slice(0, 16)}`;
  if (seen.has(id)) return [fault('the vulnerability is there twice')];
  seen.add(id);
  const read = bordersOf(fields);
  const severity = line(text(own(fields, 'severity'))) || null;
  const affected =
    typeof read === 'string'
      ? UNDECIDED
      : { ...AFFECTED, scheme: read.scheme, intervals: [read.interval], fix: fixOf(read.interval) };
  const excluded = listOf(own(fields, 'excludes')) ?? [];
  const base = {
    ...EMPTY_CLAIM,
    namespace: component.namespace,
    name: component.name,
    nameKind: 'binary',
    scheme: 'npm',
    severity,
  } as const;
  const exceptions = excluded
    .map((version) => text(version))
    .filter((version) => version !== '' && version.length <= 1024);
  const claims: Claim[] = [
    { ...base, ...affected },
    ...(exceptions.length === 0
      ? []
      : [{ ...base, status: 'unaffected' as const, versions: exceptions.slice(0, 1_000) }]),
  ];
  const advisory: Advisory = {
    ...EMPTY_ADVISORY,
    id,
    name: ids[0] ?? id,
    aliases: ids.slice(1),
    vulnerabilities: vulnerabilitiesOf(ids, id),
    title: line(text(own(identifiers, 'summary')) || `${component.key} vulnerability`),
    severity,
    references: (listOf(own(fields, 'info')) ?? [])
      .map((url) => text(url))
      .filter((url) => url !== '' && url.length <= 4096)
      .slice(0, 500)
      .map((url) => ({ kind: 'WEB', url })),
    claims,
    provenance: { feed: 'retirejs', record: place, sha256 },
  };
  return [{ kind: 'advisory', advisory }, ...(typeof read === 'string' ? [fault(read)] : [])];
}

const AFFECTED = { status: 'affected' } as const;
const UNDECIDED = { status: 'under-investigation', vendorStatus: 'versions not understood' } as const;

function idsOf(identifiers: Fields): readonly string[] {
  const cves = (listOf(own(identifiers, 'CVE')) ?? []).map((cve) => text(cve));
  const all = [...cves, text(own(identifiers, 'githubID'))];
  return [...new Set(all.filter((id) => /^CVE-\d{4}-\d{4,19}$|^GHSA(-[0-9a-z]{4}){3}$/.test(id)))].slice(0, 100);
}

function vulnerabilitiesOf(ids: readonly string[], own: string): string[] {
  const cves = ids.filter((id) => id.startsWith('CVE-'));
  return cves.length > 0 ? cves : [canonicalVulnerability(ids) ?? own];
}

interface Borders {
  readonly scheme: 'npm' | 'generic';
  readonly interval: Interval;
}

/**
 * Read as npm versions where both are, else as versions of no certain scheme (`1.6.0.2`, `1.0RC2`: libraries older than npm).
 * In words why not, where one is neither.
 */
function bordersOf(fields: Fields): Borders | string {
  const [from, to] = ['atOrAbove', 'below'].map((key) => own(fields, key));
  for (const scheme of ['npm', 'generic'] as const) {
    const introduced = from === undefined ? null : versionOf(from, scheme);
    const fixed = versionOf(to, scheme);
    if (introduced !== undefined && fixed !== undefined)
      return { scheme, interval: { introduced, fixed, lastAffected: null } };
  }
  return `${line(text(from)).slice(0, 100)} to ${line(text(to)).slice(0, 100)} are no versions`;
}

/** As node-semver reads them leniently: `1.9.0b1` is 1.9.0-b1, and `3.5` is 3.5.0. */
function versionOf(value: unknown, scheme: Borders['scheme']): string | undefined {
  const written = text(value).trim();
  if (written === '' || written.length > 200) return undefined;
  if (scheme === 'generic') return isVersion('generic', written) ? written : undefined;
  const padded = /^\d+(\.\d+)?$/.test(written) ? `${written}${'.0'.repeat(3 - written.split('.').length)}` : written;
  const version = semver.parse(padded, { loose: true })?.version;
  return version !== undefined && isVersion('npm', version) ? version : undefined;
}

function fixOf({ fixed }: Interval): Claim['fix'] {
  return fixed === null ? { state: 'none', version: null } : { state: 'fixed', version: fixed };
}
