import type { Advisory, Claim, Fact, FactBody } from '@thimble/advisories';
import { createAdvisoryStore } from '../advisories/index.ts';
import { assessNow } from '../assess/index.ts';
import type { ServerContext } from '../context.ts';

const SHA256 = 'ab'.repeat(32);

/** A claim of a feed of Debian 12 about a source package; `fixed` null: every version is affected. */
export function fakeClaim(source: string, fixed: string | null, rest: Partial<Claim> = {}): Claim {
  return {
    namespace: 'debian:12',
    nameKind: 'source',
    name: source,
    vulnerabilities: [],
    status: 'affected',
    scheme: 'deb',
    intervals: fixed === null ? [] : [{ introduced: null, fixed, lastAffected: null }],
    versions: [],
    fix: fixed === null ? { state: 'none', version: null } : { state: 'fixed', version: fixed },
    vendorStatus: null,
    severity: null,
    channel: null,
    module: null,
    architectures: null,
    requires: [],
    ...rest,
  };
}

/** A record about one vulnerability. */
export function fakeAdvisory(
  id: string,
  vulnerability: string,
  claims: readonly Claim[],
  rest: Partial<Advisory> = {},
): Advisory {
  return {
    id,
    name: id,
    aliases: [],
    vulnerabilities: [vulnerability],
    title: `${id}: a title`,
    summary: '',
    published: null,
    modified: null,
    withdrawn: null,
    severity: null,
    cvss: [],
    references: [],
    claims: [...claims],
    provenance: { feed: 'debian-tracker', record: id, sha256: SHA256 },
    ...rest,
  };
}

export function fakeFact(feed: string, body: FactBody): Fact {
  return { body, provenance: { feed, record: 'vulnerability' in body ? body.vulnerability : 'x', sha256: SHA256 } };
}

export const fakeKev = (vulnerability: string): Fact =>
  fakeFact('cisa-kev', {
    kind: 'kev',
    vulnerability,
    addedOn: '2026-01-02',
    dueOn: '2026-01-23',
    ransomware: true,
    title: 'A product does it wrong',
    requiredAction: 'Apply updates.',
  });

/** One whole synchronisation of a feed, and the assessment that follows from it. */
export async function publishFeed(
  context: ServerContext,
  feed: string,
  advisories: readonly Advisory[],
  facts: readonly Fact[] = [],
): Promise<void> {
  const writer = await createAdvisoryStore(context.database, context.clock).write(feed, 'snapshot');
  await writer.advisories(advisories);
  await writer.facts(facts);
  await writer.commit({
    watermark: null,
    validators: new Map(),
    syncedAt: context.clock(),
    faultCount: 0,
    faults: [],
  });
  await assessNow(context);
}
