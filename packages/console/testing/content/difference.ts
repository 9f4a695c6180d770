import type { BlockSummary, PackageDifference, SnapshotDetail, SnapshotDifference } from '@thimble/protocol';
import type { FakeAssessment } from '../assess/fake-assessment.ts';
import { CATALOGUE, FILLER_NAMES } from '../fixtures/catalogue.ts';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';

const PACKAGE_COUNT = 300;
const SUFFIXES = ['', '-common', '-doc', '-dev', '-data'] as const;
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unknown', 'none'];

export interface DifferenceInput {
  readonly fleet: readonly FakeEndpoint[];
  readonly assessment: FakeAssessment;
  readonly blocks: readonly BlockSummary[];
  readonly from: SnapshotDetail | undefined;
  readonly to: SnapshotDetail;
  readonly query: URLSearchParams;
}

/** About 300 packages: those of the catalogue with what they close, and a long tail of which the fleet has a third. */
export function fakeDifference(input: DifferenceInput): SnapshotDifference {
  const { from, to, query } = input;
  const search = (query.get('search') ?? '').toLowerCase();
  const all = differences(input);
  const ofFleet = all.filter(({ endpointCount }) => endpointCount > 0);
  const items = (query.get('fleet') === 'true' ? ofFleet : all).filter((one) =>
    `${one.name} ${one.source}`.toLowerCase().includes(search),
  );
  const offset = Number(query.get('offset') ?? '0');
  const bytes = (of: readonly PackageDifference[]): number => of.reduce((sum, one) => sum + one.downloadBytes, 0);
  return {
    from: from === undefined ? null : { id: from.summary.id, name: from.summary.name },
    to: { id: to.summary.id, name: to.summary.name },
    addedCount: all.filter((one) => one.from === null).length,
    removedCount: all.filter((one) => one.to === null).length,
    changedCount: all.filter((one) => one.from !== null && one.to !== null).length,
    downloadBytes: bytes(all),
    closes: closesOf(input.assessment, all),
    fleet: {
      endpointCount: input.fleet.filter(({ pending }) => pending.length > 0).length,
      packageCount: ofFleet.length,
      downloadBytes: bytes(ofFleet),
    },
    gaps:
      from === undefined
        ? []
        : [
            {
              what: 'Installers',
              why: 'no feed tells vulnerabilities of generic files, so what they close is not known',
            },
          ],
    items: items.slice(offset, offset + Number(query.get('limit') ?? '1000')),
    total: items.length,
  };
}

function differences({ fleet, assessment, blocks, from, to }: DifferenceInput): PackageDifference[] {
  const random = seeded(8105 + Number.parseInt(to.summary.id.slice(0, 4), 16));
  const repository = to.revisions.find(({ repositoryName }) => repositoryName.endsWith('security')) ?? to.revisions[0];
  const main = to.revisions[0];
  if (repository === undefined || main === undefined) return [];
  const isBlocked = (name: string, source: string, version: string | null): boolean =>
    blocks.some((one) => one.liftedAt === null && one.version === version && one.name === (one.source ? source : name));
  const known = CATALOGUE.map((entry): PackageDifference => ({
    repositoryId: entry.security ? repository.repositoryId : main.repositoryId,
    repositoryName: entry.security ? repository.repositoryName : main.repositoryName,
    name: entry.name,
    architecture: 'amd64',
    source: entry.source,
    from: from === undefined ? null : entry.from,
    to: entry.to,
    downloadBytes: entry.downloadBytes,
    closes: assessment.vulnerabilities
      .filter((one) => one.known.source === entry.source && one.known.fixState === 'fixed')
      .map((one) => one.known.id)
      .slice(0, 9),
    endpointCount: fleet.filter(({ pending }) => pending.includes(entry)).length,
    blocked: isBlocked(entry.name, entry.source, entry.to),
  }));
  const tail = Array.from({ length: PACKAGE_COUNT - known.length }, (_, index): PackageDifference => {
    const base = FILLER_NAMES[index % FILLER_NAMES.length] ?? 'bash';
    const name = `${base}${SUFFIXES[Math.floor(index / FILLER_NAMES.length) % SUFFIXES.length] ?? ''}`;
    const version = `${1 + random.integer(9)}.${random.integer(40)}.${random.integer(20)}-${1 + random.integer(4)}`;
    const kind = from === undefined ? 'new' : random.pick(['changed', 'changed', 'changed', 'changed', 'new', 'gone']);
    return {
      repositoryId: main.repositoryId,
      repositoryName: main.repositoryName,
      name,
      architecture: random.chance(0.2) ? 'all' : 'amd64',
      source: base,
      from: kind === 'new' ? null : version,
      to: kind === 'gone' ? null : `${version}+deb12u${1 + random.integer(5)}`,
      downloadBytes: kind === 'gone' ? 0 : 8_000 + Math.round(4_000_000 * random.next() ** 4),
      closes: [],
      endpointCount: kind === 'changed' && random.chance(0.35) ? 1 + random.integer(fleet.length) : 0,
      blocked: false,
    };
  });
  return [...known, ...tail];
}

function closesOf(assessment: FakeAssessment, items: readonly PackageDifference[]): SnapshotDifference['closes'] {
  return assessment.vulnerabilities
    .flatMap((one) => {
      const packages = items.filter((item) => item.closes.includes(one.known.id)).map(({ name }) => name);
      if (packages.length === 0) return [];
      const { severity, exploited, endpointCount } = assessment.summary(one);
      return endpointCount === 0 ? [] : [{ id: one.known.id, severity, exploited, endpointCount, packages }];
    })
    .sort(
      (a, b) =>
        Number(b.exploited) - Number(a.exploited) ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        b.endpointCount - a.endpointCount,
    );
}
