import { HostError, type Host } from '@thimble/drivers';
import type { Answer, Person } from './consent.ts';

/** What the agent and the people of this machine share, gone with each boot. Root's alone to write. */
export const RUN_FOLDER = '/run/thimble';
const ROOT = 0;

/** What can be answered. An answer is a file of such a name: there is nothing of anybody's to list, to read or to parse. */
const ANSWERS: ReadonlyMap<string, Answer['deferMs']> = new Map<string, Answer['deferMs']>([
  ['now', 'now'],
  ...['15m', '30m', '1h', '2h', '4h', '8h', '1d', '2d', '3d', '7d'].map(
    (words) => [`defer-${words}`, durationMs(words)] as const,
  ),
]);

/** Where somebody answers: a folder that only they can write, and that systemd makes for whoever is signed in. */
export function answerFolder(userId: number): string {
  return userId === ROOT ? `${RUN_FOLDER}/reboot-answer` : `/run/user/${userId}/thimble-reboot-answer`;
}

/** @param words `now`, or for how long not: `2h`. Null: that can't be said. */
export function answerName(words: string): string | null {
  const name = words === 'now' ? words : `defer-${words}`;
  return ANSWERS.has(name) ? name : null;
}

/** In the order in which a person would read them. */
export const DEFERRALS: readonly string[] = [...ANSWERS.keys()].flatMap((name) => name.split('defer-')[1] ?? []);

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
  const found: Answer[] = [];
  const folder = answerFolder(by);
  // A link of theirs could lead to where looking never ends.
  const { kind, ownerId } = (await host.stat(folder).catch(unlessBug)) ?? { kind: 'other', ownerId: null };
  if (kind !== 'directory' || ownerId !== by) return [];
  for (const [name, deferMs] of ANSWERS) {
    const status = await host.stat(`${folder}/${name}`).catch(unlessBug);
    if (status?.kind === 'file' && status.ownerId === by) found.push({ by, atMs: status.modifiedAtMs, deferMs });
  }
  return found;
}

/** What can't be looked at was not said. */
function unlessBug(error: unknown): null {
  if (error instanceof HostError) return null;
  throw error;
}

function durationMs(words: string): number {
  const unitMs = words.endsWith('m') ? 60_000 : words.endsWith('h') ? 3_600_000 : 86_400_000;
  return Number.parseInt(words, 10) * unitMs;
}
