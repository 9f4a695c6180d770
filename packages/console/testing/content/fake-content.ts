import type {
  AddRepositoryRequest,
  BlockSummary,
  Channel,
  ContentStatus,
  CreateBlockRequest,
  CreateRelayRequest,
  CreateRunRequest,
  CreateSnapshotRequest,
  KeySummary,
  LiveEvent,
  RelaySummary,
  RepositoryDetail,
  RepositoryProposal,
  RepositorySummary,
  RunDetail,
  RunSummary,
  SnapshotDetail,
} from '@thimble/protocol';
import type { FakeAssessment } from '../assess/fake-assessment.ts';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';
import { blockOf, fakeBlocks, ordersWith } from './blocks.ts';
import { fakeRelays, fakeStatus } from './delivery.ts';
import { fakeKeys, type FakeKeys } from './keys.ts';
import { fakeProposals } from './proposals.ts';
import { blank, fakeRepositories } from './repositories.ts';
import { channelOf, fakeChannels, fakeSnapshots, revisionsAt, sumOf } from './snapshots.ts';

export interface FakeContentLists {
  readonly keys: FakeKeys;
  readonly repositories: RepositoryDetail[];
  readonly proposals: RepositoryProposal[];
  readonly snapshots: SnapshotDetail[];
  readonly channels: Channel[];
  readonly blocks: BlockSummary[];
  readonly relays: RelaySummary[];
  status: ContentStatus;
}

/** The state behind the routes of content, with synchronisations that go their way in a few steps. */
export interface FakeContent extends FakeContentLists {
  /** Tells readers that something of content is another now. */
  changed(what: string): void;
  addRepository(request: AddRepositoryRequest): RepositorySummary;
  putRepository(id: string, change: (summary: RepositorySummary) => RepositorySummary): RepositoryDetail | undefined;
  sync(id: string, acceptFaultId?: string): void;
  createSnapshot(request: CreateSnapshotRequest): SnapshotDetail;
  putSnapshot(id: string, change: (detail: SnapshotDetail) => SnapshotDetail): SnapshotDetail | undefined;
  /** With new moves, newest first; makes the channel when there is none. */
  moveChannel(name: string, change: (moves: Channel['moves']) => Channel['moves']): Channel;
  block(request: CreateBlockRequest): BlockSummary;
  createRelay(request: CreateRelayRequest): RelaySummary;
  collect(): void;
  /** What a run of this request installs from; null: the endpoints' own repositories. */
  sourceOf(content: CreateRunRequest['content']): NonNullable<RunSummary['content']> | null;
}

interface Surroundings {
  readonly fleet: readonly FakeEndpoint[];
  readonly assessment: FakeAssessment;
  readonly runs: ReadonlyMap<string, RunDetail>;
  readonly stepMs: number;
  now(): number;
  later(ms: number, work: () => void): void;
  emit(event: LiveEvent): void;
}

export function createFakeContent(around: Surroundings): FakeContent {
  const { now, later, stepMs, fleet } = around;
  const iso = (): string => new Date(now()).toISOString();
  const random = seeded(8100);
  const lists = listsOf(fleet, now());
  const { repositories, proposals, snapshots, channels, blocks, relays } = lists;
  const changed = (what: string): void => around.emit({ kind: 'content-changed', what });
  const putDetail = (id: string, change: (detail: RepositoryDetail) => RepositoryDetail) => {
    const at = repositories.findIndex(({ summary }) => summary.id === id);
    const detail = repositories[at];
    if (detail === undefined) return undefined;
    const next = change(detail);
    repositories[at] = next;
    changed('repositories');
    return next;
  };
  const putRepository: FakeContent['putRepository'] = (id, change) =>
    putDetail(id, (detail) => ({ ...detail, summary: change(detail.summary) }));

  const sync: FakeContent['sync'] = (id, acceptFaultId) => {
    const running = (receivedBytes: number, message: string) => ({
      startedAt: iso(),
      message,
      receivedBytes,
      packages: 0,
    });
    putRepository(id, (one) => ({ ...one, running: running(0, '') }));
    later(stepMs * 3, () =>
      putRepository(id, (one) => ({ ...one, running: running(6_400_000, 'main/binary-amd64/Packages.xz') })),
    );
    later(stepMs * 8, () =>
      putDetail(id, (detail) =>
        detail.summary.fault?.side === 'trust' && detail.summary.fault.id !== acceptFaultId
          ? refusedAgain(detail, iso())
          : taken(detail, random.uuid(), random.hex(64), iso()),
      ),
    );
  };

  const content: FakeContent = {
    ...lists,
    changed,
    putRepository,
    sync,
    addRepository: (request) => {
      const summary: RepositorySummary = {
        ...blank(request, random, iso),
        name: request.name,
        mirrorList: request.mirrorList,
        suite: request.suite,
        components: request.components,
        architectures: request.architectures,
        keys: keysOf(lists.keys, request.fingerprints),
        health: 'never',
        explanation: 'was added just now; the first check is under way',
        addedAt: iso(),
        checkedAt: null,
        changedAt: null,
        endpointCount: proposals.find(({ name }) => name === request.name)?.endpointCount ?? 0,
      };
      repositories.push({ summary, revisions: [], faults: [] });
      const proposed = proposals.findIndex(({ uris, suite }) => uris[0] === request.uris[0] && suite === request.suite);
      if (proposed >= 0) proposals.splice(proposed, 1);
      sync(summary.id);
      return summary;
    },
    createSnapshot: (request) => {
      const chosen = repositories.filter(({ summary }) =>
        request.repositoryIds === undefined ? summary.enabled : request.repositoryIds.includes(summary.id),
      );
      const revisions = revisionsAt(chosen, now());
      const detail: SnapshotDetail = {
        summary: {
          ...sumOf(revisions),
          id: random.uuid(),
          name: request.name ?? freeName(iso().slice(0, 10), snapshots),
          note: request.note ?? '',
          createdAt: iso(),
          createdBy: 'operator',
          origin: 'made',
          pinned: false,
          retiredAt: null,
          retiredReason: '',
          channels: [],
          runCount: 0,
          activeRunCount: 0,
          servedBytes: 0,
          upstreamBytes: 0,
        },
        revisions,
        previousId: snapshots[0]?.summary.id ?? null,
      };
      snapshots.unshift(detail);
      changed('snapshots');
      return detail;
    },
    putSnapshot: (id, change) => {
      const at = snapshots.findIndex(({ summary }) => summary.id === id);
      const detail = snapshots[at];
      if (detail === undefined) return undefined;
      snapshots[at] = change(detail);
      changed('snapshots');
      return snapshots[at];
    },
    moveChannel: (name, change) => {
      const at = channels.findIndex((one) => one.name === name);
      const before = channels[at];
      const channel = channelOf(name, before?.position ?? channels.length + 1, change(before?.moves ?? []), snapshots);
      if (at < 0) channels.push(channel);
      else channels[at] = channel;
      snapshots.forEach(({ summary }) => {
        const others = summary.channels.filter((one) => one !== name);
        summary.channels = summary.id === channel.snapshot?.id ? [...others, name] : others;
      });
      changed('channels');
      return channel;
    },
    block: (request) => {
      const having = fleet.filter((_, index) => index % 17 === 3);
      const made = blockOf(request, having, random, iso());
      const block = { ...made, ...ordersWith([...around.runs.values()], made) };
      blocks.unshift(block);
      changed('blocks');
      return block;
    },
    createRelay: (request) => {
      const never = relays.find(({ lastSeenAt }) => lastSeenAt === null) ?? fakeRelays(now())[2];
      if (never === undefined) throw new Error('there is no relay to begin with');
      const relay: RelaySummary = {
        ...never,
        id: random.uuid(),
        name: request.name,
        site: request.site ?? null,
        networks: request.networks ?? [],
        createdAt: iso(),
      };
      relays.push(relay);
      changed('relays');
      return relay;
    },
    collect: () => {
      const { collection } = content.status;
      content.status = { ...content.status, collection: { ...collection, running: true } };
      later(stepMs * 4, () => {
        content.status = {
          ...content.status,
          collection: {
            lastAt: iso(),
            removedCount: 402,
            removedBytes: collection.collectableBytes,
            running: false,
            collectableBytes: 0,
          },
        };
        changed('status');
      });
    },
    sourceOf: (wanted) => {
      if (wanted === undefined) return null;
      const id =
        'snapshotId' in wanted ? wanted.snapshotId : channels.find(({ name }) => name === wanted.channel)?.snapshot?.id;
      const found = snapshots.find(({ summary }) => summary.id === id);
      return found === undefined ? null : { snapshotId: found.summary.id, snapshotName: found.summary.name };
    },
  };
  return content;
}

function listsOf(fleet: readonly FakeEndpoint[], nowMs: number): FakeContentLists {
  const keys = fakeKeys(nowMs);
  // A new server has none of it but what its own machine has configured.
  if (fleet.length < 2)
    return {
      keys,
      repositories: [],
      proposals: fakeProposals(keys, fleet).slice(0, 1),
      snapshots: [],
      channels: [],
      blocks: [],
      relays: [],
      status: { ...fakeStatus(nowMs), transfers: [], objectCount: 0, objectBytes: 0, freeBytes: 150 * 1024 ** 3 },
    };
  const repositories = fakeRepositories(keys, fleet.length, nowMs);
  const snapshots = fakeSnapshots(repositories, nowMs);
  return {
    keys,
    repositories,
    proposals: fakeProposals(keys, fleet),
    snapshots,
    channels: fakeChannels(snapshots, nowMs),
    blocks: fakeBlocks(fleet, nowMs),
    relays: fakeRelays(nowMs),
    status: fakeStatus(nowMs),
  };
}

function keysOf(keys: FakeKeys, fingerprints: readonly string[]): KeySummary[] {
  return Object.values(keys).filter(({ fingerprint }) => fingerprints.includes(fingerprint));
}

function freeName(name: string, snapshots: readonly SnapshotDetail[]): string {
  const taken = new Set(snapshots.map(({ summary }) => summary.name));
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(free)) return free;
  }
}

function refusedAgain({ summary, revisions, faults }: RepositoryDetail, at: string): RepositoryDetail {
  const again = faults.map((one) => (one.resolvedAt === null ? { ...one, count: one.count + 1, lastAt: at } : one));
  return {
    summary: { ...summary, running: null, checkedAt: at, fault: again.find((one) => one.resolvedAt === null) ?? null },
    revisions,
    faults: again,
  };
}

function taken(detail: RepositoryDetail, id: string, sha256: string, at: string): RepositoryDetail {
  const { summary, revisions, faults } = detail;
  const [last] = revisions;
  const packageCount = (last?.packageCount ?? 1200) + 3;
  const revision = {
    id,
    repositoryId: summary.id,
    repositoryName: summary.name,
    sequence: (last?.sequence ?? 0) + 1,
    createdAt: at,
    date: at,
    validUntil: null,
    metadataPath: last?.metadataPath ?? 'InRelease',
    metadataSha256: sha256,
    signedBy: summary.keys[0]?.fingerprint ?? null,
    packageCount,
    packageBytes: packageCount * 780_000,
    storedCount: last?.storedCount ?? 0,
    storedBytes: last?.storedBytes ?? 0,
    metadataBytes: packageCount * 160,
    addedCount: last === undefined ? packageCount : 14,
    removedCount: last === undefined ? 0 : 11,
  };
  return {
    summary: {
      ...summary,
      running: null,
      health: 'fresh',
      explanation: 'checked just now',
      checkedAt: at,
      changedAt: at,
      latest: revision,
      revisionCount: revisions.length + 1,
      fault: null,
    },
    revisions: [revision, ...revisions],
    faults: faults.map((one) => (one.resolvedAt === null ? { ...one, resolvedAt: at } : one)),
  };
}
