import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveEvent, RolloutDetail, RolloutMember } from '@thimble/protocol';
import { CliError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import type { Client } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { printable } from '../../terminal/index.ts';
import { paintTarget } from '../run-view.ts';
import { allMembers } from './members.ts';
import { paintRing, paintRollout } from './rollout-view.ts';

/** A look from time to time, in case an event was lost on the way. */
const POLL_MS = 5000;
/** Beyond this many endpoints only rings are told: nobody reads a line for each. */
const MOST_MEMBERS = 500;

/**
 * Follows a rollout live until it is over, halted or waits for an approval, and tells each change of a ring and of an endpoint
 * as a line on standard error.
 */
export async function watchRollout(cli: Cli, client: Client, id: string): Promise<RolloutDetail> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, cli.signal]);
  const say = changeReporter(cli);
  let wake = (): void => undefined;
  let broken: unknown;
  listen(client.events(signal), id, () => wake()).catch((error: unknown) => {
    broken = error;
    wake();
  });
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const detail = await client.rollout(id);
      const members = detail.summary.memberCount > MOST_MEMBERS ? [] : await allMembers(client, id, {});
      say(detail, members);
      if (!isUnderWay(detail)) return detail;
      if (broken !== undefined) throw broken;
      await Promise.race([woken, sleep(POLL_MS, undefined, { signal }).catch(() => undefined)]);
      if (cli.signal.aborted)
        throw new CliError('interrupted', `no longer watched; the rollout goes on: thimble rollouts watch ${id}`, {
          exitCode: EXIT.interrupted,
        });
    }
  } finally {
    stop.abort();
  }
}

function isUnderWay({ summary: { state } }: RolloutDetail): boolean {
  return state === 'preparing' || state === 'running' || state === 'rolling-back';
}

async function listen(events: AsyncIterable<LiveEvent>, rolloutId: string, changed: () => void): Promise<void> {
  for await (const event of events)
    if (event.kind === 'resync' || (event.kind === 'rollout-changed' && event.rolloutId === rolloutId)) changed();
}

function changeReporter({ terminal, now }: Cli) {
  const shown = new Map<string, string>();
  const say = (key: string, line: string): void => {
    if (shown.get(key) === line) return;
    shown.set(key, line);
    terminal.note(`${terminal.errColour.dim(now().toISOString().slice(11, 19))}  ${line}`);
  };
  return ({ summary, rings }: RolloutDetail, members: readonly RolloutMember[]): void => {
    for (const { name, state, explanation } of rings)
      say(`ring ${name}`, `ring ${printable(name)}  ${paintRing(terminal, state)}  ${printable(explanation)}`);
    for (const { endpointId, hostname, ring, state, outcome, explanation } of members)
      say(
        endpointId,
        `${printable(`${ring}  ${hostname}`)}  ${state === null ? outcome : paintTarget(terminal, state)}  ${printable(explanation)}`,
      );
    say('', `${paintRollout(terminal, summary.state)}  ${printable(summary.explanation)}`);
  };
}
