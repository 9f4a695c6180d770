import { HostError, type Host } from '@thimble/drivers';
import type { Answer, Person } from './consent.ts';

/** What the agent and the people of this machine share, gone with each boot. Root's alone to write. */
export const RUN_FOLDER = '/run/thimble';
const ROOT = 0;
const ANSWERS_MAX = 16;
/** A month: the deadline is sooner anyway. */
const DEFER_SECONDS_MAX = 31 * 86_400;

/** Where somebody answers: a folder that only they can write, and that systemd makes for whoever is signed in. */
export function answerFolder(userId: number): string {
  return userId === ROOT ? `${RUN_FOLDER}/reboot-answer` : `/run/user/${userId}/thimble-reboot-answer`;
}

/** An answer is a file's name; what is in it is never read. */
export function answerName(deferMs: Answer['deferMs']): string {
  return deferMs === 'now' ? 'now' : `defer-${Math.ceil(deferMs / 1000)}`;
}

/** The newest answer of root and of each who is signed in, given since the question. */
export async function readAnswers(
  host: Host,
  people: readonly Person[] | null,
  sinceMs: number,
): Promise<readonly Answer[]> {
  const ids = new Set([ROOT, ...(people ?? []).flatMap(({ id }) => id ?? [])]);
  const answers: Answer[] = [];
  for (const id of ids) {
    const given = (await answersOf(host, id)).filter(({ atMs }) => atMs >= sinceMs);
    const newest = given.toSorted((a, b) => b.atMs - a.atMs)[0];
    if (newest !== undefined) answers.push(newest);
  }
  return answers;
}

async function answersOf(host: Host, by: number): Promise<readonly Answer[]> {
  const folder = answerFolder(by);
  try {
    const names = (await host.listDirectory(folder)) ?? [];
    const found: Answer[] = [];
    for (const name of names.slice(0, ANSWERS_MAX)) {
      const deferMs = parseAnswer(name);
      const status = deferMs === null ? null : await host.stat(`${folder}/${name}`);
      if (deferMs === null || status === null || status.kind !== 'file' || status.ownerId !== by) continue;
      found.push({ by, atMs: status.modifiedAtMs, deferMs });
    }
    return found;
  } catch (error) {
    // What can't be read was not said.
    if (error instanceof HostError) return [];
    throw error;
  }
}

function parseAnswer(name: string): Answer['deferMs'] | null {
  if (name === 'now') return 'now';
  const seconds = Number(/^defer-(\d{1,8})$/.exec(name)?.[1] ?? Number.NaN);
  return seconds <= DEFER_SECONDS_MAX ? seconds * 1000 : null;
}
