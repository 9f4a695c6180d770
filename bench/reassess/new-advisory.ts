import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer, ServerContext } from '@thimble/server';
import { ASSESSMENT_TOPIC, createAdvisoryStore } from '@thimble/server/assess-testing';
import { fakeAdvisory, fakeClaim } from '@thimble/server/testing';
import { readPage } from '../fleet/local-page.ts';

const POLL_MS = 10;
const DEADLINE_MS = 10 * 60_000;

export interface Published {
  /** From before the advisory is written to the list of whom it affects, as the API gives it. */
  readonly ms: number;
  /** Of these, the last question and its answer. */
  readonly listMs: number;
  readonly endpoints: number;
}

/** Makes an advisory known that says every version of a source is affected, and waits for the endpoints that have it. */
export async function publish(
  { context, socketPath }: Pick<RunningServer, 'context' | 'socketPath'>,
  source: string,
  serial: number,
): Promise<Published> {
  const vulnerability = `CVE-2026-${90_000 + serial}`;
  const claims = ['11', '12', '13'].map((release) => ({
    ...fakeClaim(source, '999:1'),
    namespace: `debian:${release}`,
  }));
  const startedMs = performance.now();
  const writer = await storeOf(context).write('debian-tracker', 'delta');
  await writer.advisories([fakeAdvisory(`bench-${serial}`, vulnerability, claims)]);
  await writer.commit({ watermark: null, validators: new Map(), syncedAt: context.clock(), faultCount: 0, faults: [] });
  while (performance.now() - startedMs < DEADLINE_MS) {
    const askedMs = performance.now();
    const { total } = (await readPage(socketPath, `/vulnerabilities/${vulnerability}/endpoints`)) as { total: number };
    const nowMs = performance.now();
    if (total > 0) return { ms: nowMs - startedMs, listMs: nowMs - askedMs, endpoints: total };
    await sleep(POLL_MS);
  }
  throw new Error(`nobody was found to be affected by ${vulnerability} in ${source}`);
}

/** As a synchronisation has it: with the commit, the assessment is told. */
export function storeOf(context: ServerContext) {
  return createAdvisoryStore(context.database, context.clock, () => poke(context));
}

export function poke({ events }: ServerContext): Promise<void> {
  return events.publish({ organisationId: '', topic: ASSESSMENT_TOPIC, key: '' });
}
