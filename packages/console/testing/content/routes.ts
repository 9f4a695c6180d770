import type {
  AddRepositoryRequest,
  CreateBlockRequest,
  CreateRelayRequest,
  CreateSnapshotRequest,
  PromoteRequest,
  SyncRequest,
  UpdateContentRequest,
  UpdateRepositoryRequest,
  UpdateSnapshotRequest,
} from '@thimble/protocol';
import type { FakeState } from '../fake-fleet.ts';
import type { Answer } from '../fake-routes.ts';
import { seeded } from '../fixtures/random.ts';
import { fakeSavings } from './delivery.ts';
import { fakeDifference } from './difference.ts';

interface Asked {
  readonly method: string;
  readonly id: string | undefined;
  readonly part: string | undefined;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const list = (items: readonly unknown[]): Answer => ok({ items, total: items.length });
const notFound: Answer = { status: 404, problem: { code: 'not-found', title: 'There is no such thing here' } };
const notApproved: Answer = {
  status: 400,
  problem: {
    code: 'no-key-approved',
    title: 'No key was approved',
    detail: 'A repository needs at least one key that somebody compared.',
  },
};

/** What the fake answers on the routes of content; undefined: not one of them. */
export function answerContent(
  state: FakeState,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): Answer | undefined {
  const [stage, kind, rawId, part] = path.split('/').slice(1);
  if (stage !== 'content') return undefined;
  const asked = { method, id: rawId === undefined ? undefined : decodeURIComponent(rawId), part, query, body };
  const { content } = state;
  switch (kind) {
    case undefined:
      return status(state, asked);
    case 'collect':
      content.collect();
      return { status: 202, body: {} };
    case 'proposals':
      return list(content.proposals);
    case 'keys':
      return keys(state, body);
    case 'repositories':
      return repositories(state, asked);
    case 'snapshots':
      return snapshots(state, asked);
    case 'channels':
      return channels(state, asked);
    case 'blocks':
      return blocks(state, asked);
    case 'relays':
      return relays(state, asked);
    case 'savings':
      return ok(fakeSavings(content, query.get('by') ?? 'time', Number(query.get('days') ?? '30'), state.now()));
    default:
      return notFound;
  }
}

function status({ content }: FakeState, { method, body }: Asked): Answer {
  if (method === 'PUT') {
    content.status = { ...content.status, ...(body as UpdateContentRequest) };
    content.changed('status');
  }
  return ok(content.status);
}

function keys({ content }: FakeState, body: unknown): Answer {
  if (!(body instanceof Uint8Array) || !Buffer.from(body).toString('latin1').includes('BEGIN PGP PUBLIC KEY'))
    return {
      status: 400,
      problem: {
        code: 'no-key',
        title: 'There is no public key in it',
        detail: 'It is neither an armored OpenPGP key nor a PEM.',
        hint: 'Take the file that the vendor publishes, as it is.',
      },
    };
  return ok([content.keys.vendor]);
}

function repositories({ content, now }: FakeState, { method, id, part, body }: Asked): Answer {
  if (id === undefined) {
    if (method !== 'POST') return list(content.repositories.map(({ summary }) => summary));
    const request = body as AddRepositoryRequest;
    return request.fingerprints.length === 0 ? notApproved : { status: 201, body: content.addRepository(request) };
  }
  const at = content.repositories.findIndex(({ summary }) => summary.id === id);
  const detail = content.repositories[at];
  if (detail === undefined) return notFound;
  if (part === 'sync') {
    content.sync(id, ((body ?? {}) as SyncRequest).acceptFaultId);
    return { status: 202, body: {} };
  }
  if (method === 'DELETE') {
    content.repositories.splice(at, 1);
    content.changed('repositories');
    return { status: 204 };
  }
  if (method !== 'PUT') return ok(detail);
  const { name, enabled, mode, filter, intervalHours, architectures } = body as UpdateRepositoryRequest;
  const changed = content.putRepository(id, (one) => ({
    ...one,
    name: name ?? one.name,
    enabled: enabled ?? one.enabled,
    mode: mode ?? one.mode,
    filter: filter ?? one.filter,
    intervalHours: intervalHours ?? one.intervalHours,
    architectures: architectures ?? one.architectures,
    ...(enabled === false
      ? { health: 'off' as const, explanation: 'switched off; what is frozen still serves', nextAt: null }
      : { nextAt: new Date(now()).toISOString() }),
  }));
  return ok(changed?.summary);
}

function snapshots(state: FakeState, { method, id, part, query, body }: Asked): Answer {
  const { content, now } = state;
  if (id === undefined) {
    if (method !== 'POST') return list(content.snapshots.map(({ summary }) => summary));
    const request = body as CreateSnapshotRequest;
    const failing = content.repositories.filter(
      ({ summary }) =>
        summary.health === 'failing' &&
        (request.repositoryIds === undefined || request.repositoryIds.includes(summary.id)),
    );
    if (failing.length > 0 && request.failing !== 'last-good')
      return {
        status: 409,
        problem: {
          code: 'repository-failing',
          title: 'No snapshot was made',
          detail: failing.map(({ summary }) => `${summary.name}: ${summary.fault?.message ?? ''}`).join(' '),
          hint: 'Look at these repositories, or take their last good states.',
        },
      };
    return { status: 201, body: content.createSnapshot(request) };
  }
  const detail = content.snapshots.find(({ summary }) => summary.id === id);
  if (detail === undefined)
    return { status: 404, problem: { code: 'snapshot-not-found', title: 'There is no such snapshot' } };
  if (part === 'diff') {
    const from = content.snapshots.find(({ summary }) => summary.id === (query.get('from') ?? detail.previousId));
    const { fleet, assessment } = state;
    return ok(fakeDifference({ fleet, assessment, blocks: content.blocks, from, to: detail, query }));
  }
  if (method !== 'PUT') return ok(detail);
  const { name, note, pinned, retired, reason } = body as UpdateSnapshotRequest;
  return ok(
    content.putSnapshot(id, (before) => ({
      ...before,
      summary: {
        ...before.summary,
        name: name ?? before.summary.name,
        note: note ?? before.summary.note,
        pinned: pinned ?? before.summary.pinned,
        ...(retired === undefined
          ? {}
          : { retiredAt: retired ? new Date(now()).toISOString() : null, retiredReason: reason ?? '' }),
      },
    })),
  );
}

function channels({ content, now }: FakeState, { method, id, part, body }: Asked): Answer {
  if (id === undefined) return list(content.channels);
  if (part === 'undo') return ok(content.moveChannel(id, (moves) => moves.slice(1)));
  if (method !== 'PUT') return notFound;
  const { snapshotId, note = '' } = body as PromoteRequest;
  const found = content.snapshots.find(({ summary }) => summary.id === snapshotId);
  if (found === undefined) return notFound;
  const move = {
    at: new Date(now()).toISOString(),
    by: 'operator',
    snapshotId,
    snapshotName: found.summary.name,
    note,
  };
  return ok(content.moveChannel(id, (moves) => [move, ...moves]));
}

function blocks({ content, now }: FakeState, { method, id, body }: Asked): Answer {
  if (method === 'POST') return { status: 201, body: content.block(body as CreateBlockRequest) };
  if (method !== 'DELETE') return list(content.blocks);
  const at = content.blocks.findIndex((one) => one.id === id);
  const block = content.blocks[at];
  if (block === undefined) return notFound;
  content.blocks[at] = { ...block, liftedAt: new Date(now()).toISOString(), liftedBy: 'operator' };
  content.changed('blocks');
  return { status: 204 };
}

function relays({ content }: FakeState, { method, id, body }: Asked): Answer {
  if (method === 'POST') {
    const relay = content.createRelay(body as CreateRelayRequest);
    const token = `thimble_relay_${seeded(content.relays.length).hex(40)}`;
    const command = `thimble relay --upstream https://thimble.example.org:8443 --token ${token} --ca-fingerprint sha256:${seeded(3).hex(64)}`;
    return { status: 201, body: { relay, token, command } };
  }
  if (method !== 'DELETE') return list(content.relays);
  const at = content.relays.findIndex((one) => one.id === id);
  if (at < 0) return notFound;
  content.relays.splice(at, 1);
  content.changed('relays');
  return { status: 204 };
}
