import { stat } from 'node:fs/promises';
import { AgentError } from '../agent-error.ts';
import { systemClock, type Clock } from '../clock.ts';
import { openDisk } from '../state/disk.ts';
import { readIdentity, readKey } from '../state/identity.ts';
import { readChecked } from '../state/checked-file.ts';
import type { JournalState } from '../state/journal.ts';
import { describeStanding, readStanding, type Standing } from '../run/standing-file.ts';
import { readContact } from '../run/status-file.ts';
import { describeTrust, trustInWords, type TrustReport } from '../trust/trust-report.ts';
import { readTrust } from '../trust/trust-file.ts';
import { readUpdateState } from '../update/open-world.ts';
import { readPinnedRoot } from '../update/pinned-root.ts';
import type { GivenUp } from '../update/update-state.ts';
import { AGENT_VERSION } from '../version.ts';

/** What `thimble agent status` shows; read from the disk, whether an agent runs or not. */
export interface AgentStatus {
  readonly version: string;
  readonly enrolled: boolean;
  readonly stateDirectory: string;
  readonly server: string | null;
  readonly caFingerprint: string | null;
  readonly endpointId: string | null;
  /** Fingerprint of its key, to be compared by whoever lets it in; null: not enrolled, or the key can't be read. */
  readonly keyid: string | null;
  /** Why it gets neither orders nor content; null: it does, as far as it knows. */
  readonly standing: Standing | null;
  readonly organisation: string | null;
  readonly lastCheckInAt: string | null;
  readonly trouble: string | null;
  /** The newest generation that was decided on. */
  readonly generation: number;
  readonly activeOrder: { readonly id: string; readonly kind: string; readonly stage: string } | null;
  readonly undelivered: number;
  /** Orders that were not accepted, by why. */
  readonly rejected: Readonly<Record<string, number>>;
  /** The version that runs, and what became of others; `pinned` says whether updates are on at all. */
  readonly update: {
    readonly pinned: boolean;
    readonly running: string;
    readonly trial: string | null;
    readonly givenUp: readonly GivenUp[];
  };
  /** null: not enrolled. */
  readonly trust: TrustReport | null;
  /** The state in words. */
  readonly explanation: string;
}

/** @throws AgentError `state-unreadable` (another user's), `state-damaged` */
export async function agentStatus(stateDirectory: string, clock: Clock = systemClock): Promise<AgentStatus> {
  const none = { version: AGENT_VERSION, enrolled: false, stateDirectory, server: null, caFingerprint: null } as const;
  const empty = {
    endpointId: null,
    keyid: null,
    standing: null,
    organisation: null,
    lastCheckInAt: null,
    trouble: null,
    generation: 0,
  } as const;
  const absent: AgentStatus = {
    ...none,
    ...empty,
    activeOrder: null,
    undelivered: 0,
    rejected: {},
    update: { pinned: false, running: AGENT_VERSION, trial: null, givenUp: [] },
    trust: null,
    explanation: 'not enrolled',
  };
  const found = await stat(stateDirectory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new AgentError('state-unreadable', 'host', `can't read ${stateDirectory}: ${error.message}`);
  });
  if (found === null) return absent;
  const disk = await openDisk(stateDirectory);
  const identity = await readIdentity(disk);
  if (identity === null) return absent;
  const journal = (await readChecked(disk, 'journal', 'journal')) as JournalState | null;
  const contact = await readContact(disk);
  const updates = await readUpdateState(disk);
  const active = journal?.active ?? null;
  const undelivered = journal?.finished.filter(({ acknowledged }) => !acknowledged).length ?? 0;
  const status: Omit<AgentStatus, 'explanation'> = {
    version: AGENT_VERSION,
    enrolled: true,
    stateDirectory,
    server: identity.serverUrl,
    caFingerprint: identity.pin?.fingerprint ?? null,
    endpointId: identity.endpointId,
    keyid: await readKey(disk).then(
      ({ keyid }) => keyid,
      () => null,
    ),
    standing: await readStanding(disk),
    organisation: identity.organisationName,
    lastCheckInAt: contact?.lastCheckInAt ?? null,
    trouble: contact?.trouble ?? null,
    generation: journal?.generation ?? 0,
    activeOrder: active === null ? null : { id: active.orderId, kind: active.kind, stage: active.stage },
    undelivered,
    rejected: { ...journal?.rejected },
    trust: describeTrust(await readTrust(disk), identity, journal, clock.now()),
    update: {
      pinned: (await readPinnedRoot(disk)) !== null,
      running: updates.current?.version ?? AGENT_VERSION,
      trial: updates.trial?.version ?? null,
      givenUp: updates.givenUp,
    },
  };
  return { ...status, explanation: explain(status) };
}

function explain(status: Omit<AgentStatus, 'explanation'>): string {
  const parts = [`enrolled with ${status.server} in ${status.organisation}`];
  if (status.standing !== null) parts.push(describeStanding(status.standing));
  if (status.activeOrder !== null)
    parts.push(`works on order ${status.activeOrder.id} (${status.activeOrder.kind}, ${status.activeOrder.stage})`);
  else parts.push('no order under way');
  if (status.undelivered > 0) parts.push(`${status.undelivered} outcomes wait for the server`);
  for (const [why, count] of Object.entries(status.rejected)) parts.push(`${count} orders not accepted: ${why}`);
  parts.push(...trustInWords(status.trust));
  const { trial, givenUp } = status.update;
  if (trial !== null) parts.push(`version ${trial} of the agent has to prove itself`);
  for (const { version, reason } of givenUp) parts.push(`version ${version} of the agent was given up: ${reason}`);
  if (status.trouble !== null) parts.push(`the last check-in failed: ${status.trouble}`);
  if (status.keyid !== null) parts.push(`fingerprint of its key ${status.keyid}`);
  parts.push(status.lastCheckInAt === null ? 'never checked in' : `last check-in ${status.lastCheckInAt}`);
  return parts.join('; ');
}
