import { SCHEMES } from '@thimble/versions';
import { EMPTY_CLAIM, line } from '../../feed/record.ts';
import { canonicalName, type Claim, type Interval } from '../../model/index.ts';
import { isEcosystem, type Ecosystem } from './ecosystems.ts';
import { modulesOf } from './modules.ts';
import { affectedVersions, type AffectedVersions } from './ranges.ts';
import { fieldsOf, listOf, own, text, type Fields } from '../../feed/json-value.ts';
import type { Place } from './releases.ts';

export interface Claims {
  readonly claims: readonly Claim[];
  readonly problems: readonly string[];
}

const NONE: Claims = { claims: [], problems: [] };
const fault = (problem: string): Claims => ({ claims: [], problems: [problem] });
const LONGEST_NAME = 512;

/** What an entry of `affected` says about a package of the feed's ecosystem; nothing for those of other ecosystems. */
export function claimsOf(
  entry: unknown,
  ecosystem: Ecosystem,
  { title, vulnerabilities }: { readonly title: string; readonly vulnerabilities: readonly string[] },
): Claims {
  const affected = fieldsOf(entry);
  if (affected === null) return fault('an entry of affected is no object');
  const ranges = rangesOf(own(affected, 'ranges'));
  const packaged = fieldsOf(own(affected, 'package'));
  if (packaged === null)
    // A range of commits without a package: nothing that is installed can be held against it.
    return ranges.length > 0 && ranges.every((range) => text(fieldsOf(range)?.['type']) === 'GIT')
      ? NONE
      : fault('an entry of affected names no package');
  const written = text(own(packaged, 'ecosystem'));
  const name = text(own(packaged, 'name'));
  if (name === '' || name.length > LONGEST_NAME) return fault('an entry of affected names no package');
  const place = placeOf(written, text(own(packaged, 'purl')), ecosystem);
  if (typeof place === 'string') return fault(`${name.slice(0, 100)}: ${place}`);
  if (place === null) return NONE;
  const about = concerned(affected, vulnerabilities);
  return claimsAbout({ affected, packaged, ranges, name, place, ecosystem, title, vulnerabilities: about });
}

/**
 * Ubuntu's notices are about several releases and vulnerabilities, and say of each release which of them it had. Empty:
 * nothing is said, so all of them.
 */
function concerned(affected: Fields, vulnerabilities: readonly string[]): readonly string[] {
  const database = fieldsOf(own(affected, 'database_specific'));
  const map = database === null ? null : fieldsOf(own(database, 'cves_map'));
  const entries = map === null ? [] : (listOf(own(map, 'cves')) ?? []);
  const stated = new Set(entries.map((entry) => text(fieldsOf(entry)?.['id'])));
  const some = vulnerabilities.filter((id) => stated.has(id));
  return some.length === vulnerabilities.length ? [] : some;
}

interface About {
  readonly affected: Fields;
  readonly packaged: Fields;
  readonly ranges: readonly unknown[];
  readonly name: string;
  readonly place: Place;
  readonly ecosystem: Ecosystem;
  readonly title: string;
  readonly vulnerabilities: readonly string[];
}

function claimsAbout({ affected, packaged, ranges, name, place, ecosystem, title, vulnerabilities }: About): Claims {
  const scheme = SCHEMES.find(({ id }) => id === ecosystem.scheme);
  if (scheme === undefined) return fault(`${ecosystem.scheme} versions can't be compared`);
  const listed = listOf(own(affected, 'versions')) ?? [];
  const read = affectedVersions(scheme, ranges, listed);
  const stated = statusOf(affected);
  const source = /[?&]arch=(source|src)(&|#|$)/.test(text(own(packaged, 'purl')));
  const base: Omit<Claim, 'status' | 'intervals' | 'versions' | 'fix' | 'module'> = {
    ...EMPTY_CLAIM,
    ...place,
    vulnerabilities: [...vulnerabilities],
    name: canonicalName(place.namespace, name),
    nameKind: source ? 'source' : ecosystem.nameKind,
    scheme: ecosystem.scheme,
    vendorStatus: stated.vendorStatus,
    severity: stated.severity,
    channel: channelOf(affected) ?? place.channel,
  };
  const fixedVersions = read.intervals.flatMap(({ fixed }) => (fixed === null ? [] : [fixed]));
  const modules = ecosystem.scheme === 'rpm' ? modulesOf(title, fixedVersions) : [];
  const fix = read.fix.state === 'none' && stated.ended ? { state: 'end-of-life' as const, version: null } : read.fix;
  const claims = (modules.length === 0 ? [null] : modules).flatMap((module) => {
    const whole = { ...base, module, fix };
    return [
      ...(isSaid(read)
        ? [{ ...whole, status: 'affected' as const, intervals: [...read.intervals], versions: [...read.versions] }]
        : []),
      ...unknownOf(read).map((intervals) => ({ ...whole, ...UNDECIDED, intervals: [...intervals], versions: [] })),
    ];
  });
  const nothing = !isSaid(read) && read.undecided.length === 0 && read.problems.length === 0;
  return {
    claims,
    problems: [...read.problems, ...(nothing ? ['no versions are stated'] : [])].map(
      (problem) => `${name.slice(0, 100)}: ${problem}`,
    ),
  };
}

/** Freexian writes a single range without its list. */
function rangesOf(value: unknown): readonly unknown[] {
  return listOf(value) ?? (fieldsOf(value) === null ? [] : [value]);
}

const UNDECIDED = { status: 'under-investigation', fix: { state: 'unknown', version: null } } as const;

function isSaid({ intervals, versions }: AffectedVersions): boolean {
  return intervals.length > 0 || versions.length > 0;
}

/** The stretches of which nobody knows: where a package is named without any version, all of them. */
function unknownOf(read: AffectedVersions): readonly (readonly Interval[])[] {
  if (read.undecided.length > 0)
    return [read.undecided.some(({ introduced }) => introduced === null) ? [] : read.undecided];
  return isSaid(read) ? [] : [[]];
}

/** Where the entry holds; null: in another feed's ecosystem; else why it can't be told. */
function placeOf(written: string, purl: string, ecosystem: Ecosystem): Place | string | null {
  const colon = written.indexOf(':');
  const name = colon < 0 ? written : written.slice(0, colon);
  const suffix = colon < 0 ? '' : written.slice(colon + 1);
  const shown = line(written.slice(0, 200));
  if (name !== ecosystem.name) return isEcosystem(name) ? null : `the ecosystem '${shown}' is not known`;
  if (ecosystem.release === null)
    return suffix === ''
      ? { namespace: ecosystem.namespace, channel: null }
      : `'${shown}' is another registry than ${name}'s own, whose packages have names of their own`;
  return ecosystem.release(suffix, purl) ?? `the release '${shown}' is not known`;
}

/** Debian's urgency, which is a severity or a decision; RustSec's word for what is no vulnerability (`unmaintained`). */
function statusOf(affected: Fields): { vendorStatus: string | null; severity: string | null; ended: boolean } {
  const database = fieldsOf(own(affected, 'database_specific'));
  const informational = line(text(database === null ? undefined : own(database, 'informational')));
  if (informational !== '') return { vendorStatus: informational, severity: null, ended: false };
  const specific = fieldsOf(own(affected, 'ecosystem_specific'));
  const urgency = line(text(specific === null ? undefined : own(specific, 'urgency')));
  const ended = urgency === 'end-of-life';
  if (ended || urgency === 'unimportant') return { vendorStatus: urgency, severity: null, ended };
  return { vendorStatus: null, severity: urgency === '' || urgency === 'not yet assigned' ? null : urgency, ended };
}

/** Ubuntu's live patches are no packages of the archive. */
function channelOf(affected: Fields): string | null {
  const specific = fieldsOf(own(affected, 'ecosystem_specific'));
  return /livepatch/i.test(text(specific === null ? undefined : own(specific, 'availability'))) ? 'livepatch' : null;
}
