import type { Channel, RepositoryDetail, RevisionSummary, SnapshotDetail, SnapshotSummary } from '@thimble/protocol';
import { seeded } from '../fixtures/random.ts';

const DAY_MS = 86_400_000;
const AGES_DAYS = [0.2, 3, 7, 14, 29, 43, 61, 118] as const;

/** Newest first: of channels, pinned, retired and imported ones. */
export function fakeSnapshots(repositories: readonly RepositoryDetail[], nowMs: number): SnapshotDetail[] {
  const random = seeded(8104);
  const special: readonly Partial<SnapshotSummary>[] = [
    {},
    { channels: ['canary'], origin: 'made', note: 'With the openssl of Tuesday.' },
    { channels: ['pilot'] },
    { channels: ['production'], pinned: true, runCount: 6, activeRunCount: 1 },
    {},
    { origin: 'imported', note: 'Brought by a bundle of the office.', createdBy: 'import' },
    { pinned: true, note: 'What the audit of the quarter refers to.', runCount: 3 },
    {
      retiredAt: new Date(nowMs - 60 * DAY_MS).toISOString(),
      retiredReason: 'Its openssl was recalled.',
      runCount: 2,
    },
  ];
  const details = AGES_DAYS.map((age, index): SnapshotDetail => {
    const atMs = nowMs - age * DAY_MS;
    const revisions = revisionsAt(repositories, atMs);
    const servedBytes = index === 0 ? 0 : Math.round((3 + 40 * random.next()) * 1e9);
    return {
      summary: {
        ...sumOf(revisions),
        id: random.uuid(),
        name: new Date(atMs).toISOString().slice(0, 10),
        note: '',
        createdAt: new Date(atMs).toISOString(),
        createdBy: 'schedule',
        origin: 'scheduled',
        pinned: false,
        retiredAt: null,
        retiredReason: '',
        channels: [],
        runCount: index < 5 && index > 0 ? 1 + random.integer(4) : 0,
        activeRunCount: 0,
        servedBytes,
        upstreamBytes: Math.round(servedBytes / (8 + random.integer(14))),
        ...special[index],
      },
      revisions,
      previousId: null,
    };
  });
  return details.map((detail, index) => ({ ...detail, previousId: details[index + 1]?.summary.id ?? null }));
}

/** What each repository was at that time. */
export function revisionsAt(repositories: readonly RepositoryDetail[], atMs: number): RevisionSummary[] {
  return repositories.flatMap(({ revisions }) => {
    const found = revisions.find(({ createdAt }) => Date.parse(createdAt) <= atMs) ?? revisions.at(-1);
    return found === undefined ? [] : [found];
  });
}

export function sumOf(revisions: readonly RevisionSummary[]) {
  const sum = (of: (one: RevisionSummary) => number): number => revisions.reduce((total, one) => total + of(one), 0);
  return {
    revisionCount: revisions.length,
    packageCount: sum((one) => one.packageCount),
    packageBytes: sum((one) => one.packageBytes),
    storedBytes: sum((one) => one.storedBytes),
  };
}

/** canary → pilot → production, each with a history, and a fourth one that points at nothing. */
export function fakeChannels(snapshots: readonly SnapshotDetail[], nowMs: number): Channel[] {
  const names = ['canary', 'pilot', 'production'];
  const channels = names.map((name, index): Channel => {
    const moves = snapshots.slice(index + 1, index + 5).map(({ summary }, age) => ({
      at: new Date(nowMs - (0.6 + index * 1.2 + age * 7) * DAY_MS).toISOString(),
      by: age % 2 === 0 ? 'operator' : 'ada',
      snapshotId: summary.id,
      snapshotName: summary.name,
      note: age === 0 ? 'The ring before had no trouble for two days.' : '',
    }));
    return channelOf(name, index + 1, moves, snapshots);
  });
  return [...channels, channelOf('branch offices', 4, [], snapshots)];
}

/** A channel as its moves make it. */
export function channelOf(
  name: string,
  position: number,
  moves: Channel['moves'],
  snapshots: readonly SnapshotDetail[],
): Channel {
  const [last] = moves;
  const summary = snapshots.find((one) => one.summary.id === last?.snapshotId)?.summary;
  return {
    name,
    position,
    snapshot: summary === undefined ? null : { id: summary.id, name: summary.name, createdAt: summary.createdAt },
    movedAt: last?.at ?? null,
    movedBy: last?.by ?? null,
    moves,
  };
}
