import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentStatus, type AgentStatus, enroll, type Log, runOnce } from '@thimble/agent';
import { fakeDriver, fakeHost, systemClock, TRANSACTION } from '@thimble/agent/testing';
import { type Order, ORDER_PAYLOAD_TYPE, type Transaction } from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';
import type { Target } from './target.ts';

/**
 * The code of an agent, enrolled over TLS and with its state on the disk; only what it would do to a machine is made up, and
 * counted.
 */
export interface RealAgent {
  readonly endpointId: string;
  readonly stateDirectory: string;
  /** One check-in with the orders that wait. */
  readonly run: () => Promise<void>;
  readonly status: () => Promise<AgentStatus>;
  /** How often something was installed. */
  readonly installed: () => number;
  /** What it said, newest last. */
  readonly said: readonly string[];
  readonly remove: () => Promise<void>;
}

/** @param serverUrl left out: the server itself; else what stands between */
export async function enrolRealAgent(target: Target, serverUrl = target.server.context.publicUrl): Promise<RealAgent> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'thimble-attacked-'));
  const remove = (): Promise<void> => rm(stateDirectory, { recursive: true, force: true });
  const { caFingerprint } = target.server.context;
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  const log: Log = { info: say, warn: say, error: say };
  const clock = { ...systemClock, now: () => target.now().getTime() };
  const apply = fakeDriver();
  let installed = 0;
  const driver = fakeDriver((task) => {
    installed += 1;
    return apply.apply(task);
  });
  try {
    const token = await target.enrolmentToken();
    const pin = caFingerprint === undefined ? {} : { caFingerprint };
    const { identity } = await enroll({ serverUrl, token, stateDirectory, clock, ...pin });
    return {
      endpointId: identity.endpointId,
      stateDirectory,
      run: async () => {
        const host = fakeHost();
        await runOnce({ stateDirectory, mode: 'timer', host, log, drivers: [driver], clock, softwareFolders: [] });
      },
      status: () => agentStatus(stateDirectory),
      installed: () => installed,
      said,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** An order to install something, as the server would give it to this agent. */
export function orderFor(target: Target, agent: RealAgent, change: Partial<Order> = {}): Order {
  const { context } = target.server;
  const now = context.clock();
  return {
    format: 1,
    id: context.newId(),
    organisationId: target.organisationId,
    endpointId: agent.endpointId,
    generation: 1,
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + 3_600_000).toISOString(),
    runId: null,
    body: applyBody(TRANSACTION),
    ...change,
  };
}

export function applyBody(transaction: Transaction): Extract<Order['body'], { kind: 'apply' }> {
  const transactionDigest = transactionSha256(transaction);
  return { kind: 'apply', transaction, transactionDigest, restartServices: true };
}

export function printOrder(order: unknown): { readonly payloadType: string; readonly payload: Buffer } {
  return { payloadType: ORDER_PAYLOAD_TYPE, payload: Buffer.from(JSON.stringify(order)) };
}
