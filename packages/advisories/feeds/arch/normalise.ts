import type { FeedItem } from '../../feed/index.ts';
import type { JsonMember } from '../../feed/json-stream.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, fixedIn, line } from '../../feed/record.ts';
import type { Claim } from '../../model/index.ts';
import { group, type Group } from './schema.ts';

/** One advisory for a group, with a claim per package of it. */
export function normaliseGroup(
  { path, value, sha256 }: Omit<JsonMember, 'selector'>,
  seen: Set<string>,
): readonly FeedItem[] {
  if (!group.Check(value))
    return [fault(`group ${String(path.at(-1))}`, 'is not understood: a field is missing or of another type')];
  if (seen.has(value.name)) return [fault(value.name, 'occurs twice')];
  seen.add(value.name);
  const faults: FeedItem[] = [];
  const statement = statementOf(value, (reason) => faults.push(fault(value.name, reason)));
  if (statement === null) return [fault(value.name, `status is not known: ${line(value.status)}`)];
  const advisory = {
    ...EMPTY_ADVISORY,
    id: value.name,
    name: value.name,
    aliases: [...(value.advisories ?? [])],
    vulnerabilities: value.issues.length === 0 ? [value.name] : [...new Set(value.issues)],
    title: line(`${value.packages.slice(0, 10).join(', ')}: ${value.type ?? 'security issue'}`),
    severity: line(value.severity),
    references: [{ kind: 'advisory', url: `https://security.archlinux.org/${value.name}` }],
    claims: [...new Set(value.packages)].map((name): Claim => ({
      ...EMPTY_CLAIM,
      ...statement,
      severity: line(value.severity),
      namespace: 'arch',
      name,
      nameKind: 'binary',
      scheme: 'alpm',
    })),
    provenance: { feed: 'arch', record: value.name, sha256 },
  };
  return [{ kind: 'advisory', advisory }, ...faults];
}

type Statement = Pick<Claim, 'status' | 'intervals' | 'fix' | 'vendorStatus' | 'channel'>;

/**
 * `affected` is the version that was looked at when the group was made, not the first affected one: older ones are
 * presumed to be affected as well, as the tracker itself presumes.
 */
function statementOf(value: Group, complain: (reason: string) => void): Statement | null {
  const vendorStatus = line(value.status);
  const open = { intervals: [], fix: { state: 'none', version: null }, vendorStatus, channel: null } as const;
  const { fixed } = value;
  switch (value.status) {
    case 'Not affected':
      return { ...open, intervals: [], status: 'unaffected', fix: { state: 'unknown', version: null } };
    case 'Unknown':
      return { ...open, intervals: [], status: 'under-investigation', fix: { state: 'unknown', version: null } };
    case 'Vulnerable':
      return { ...open, intervals: [], status: 'affected' };
    case 'Fixed':
    case 'Testing': {
      if (fixed === undefined || fixed === null) {
        complain(`has the status ${value.status}, and no fixed version`);
        return { ...open, intervals: [], status: 'under-investigation', fix: { state: 'unknown', version: null } };
      }
      const statement = fixedIn('alpm', fixed, complain);
      // The repaired package is only in the testing repositories.
      const channel = value.status === 'Testing' ? 'testing' : null;
      return { ...statement, vendorStatus: statement.vendorStatus ?? vendorStatus, channel };
    }
    default:
      return null;
  }
}

function fault(record: string, reason: string): FeedItem {
  return { kind: 'fault', record, reason };
}
