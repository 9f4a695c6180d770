import { HostError, type Host } from '@thimble/drivers';
import type { Person } from './consent.ts';

const DEADLINE_MS = 15_000;
const OUTPUT_BYTES = 256 * 1024;
/** A terminal server's; more are as good as these for a question. */
const PEOPLE_MAX = 500;
/** Accounting of sign-ins where a system has it, utmp(5). */
const UTMP = '/run/utmp';

/** Who is signed in, by logind and by utmp: not every system has both, nor tells both of a session. Null: neither can tell. */
export async function signedIn(host: Host): Promise<readonly Person[] | null> {
  const [sessions, terminals] = [await fromLogind(host), await fromUtmp(host)];
  if (sessions === null && terminals === null) return null;
  const people = new Map<string, Person>();
  for (const person of [...(terminals ?? []), ...(sessions ?? [])]) people.set(person.name, person);
  return [...people.values()].slice(0, PEOPLE_MAX);
}

/** loginctl(1). Sign-in screens and managers of sessions are no people. */
async function fromLogind(host: Host): Promise<readonly Person[] | null> {
  const listed = await ask(host, ['loginctl', 'list-sessions', '--no-legend', '--no-pager']);
  if (listed === null) return null;
  const ids = listed.split('\n').flatMap((line) => /^\s*(\S+)\s/.exec(line)?.[1] ?? []);
  const people: Person[] = [];
  for (const id of ids.slice(0, PEOPLE_MAX)) {
    const shown = await ask(host, ['loginctl', 'show-session', '--property=Class,State,Name,User', '--', id]);
    // It ended meanwhile.
    if (shown === null) continue;
    const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(shown)?.[1] ?? '';
    if (value('Class') !== 'user' || value('State') === 'closing' || value('Name') === '') continue;
    people.push({ name: value('Name'), id: numberIn(value('User')) });
  }
  return people;
}

async function fromUtmp(host: Host): Promise<readonly Person[] | null> {
  if ((await host.stat(UTMP)) === null) return null;
  const listed = await ask(host, ['who']);
  if (listed === null) return null;
  const names = new Set(listed.split('\n').flatMap((line) => /^([A-Za-z0-9_.][^\s]*)\s/.exec(line)?.[1] ?? []));
  const people: Person[] = [];
  for (const name of [...names].slice(0, PEOPLE_MAX))
    people.push({ name, id: numberIn((await ask(host, ['id', '-u', '--', name])) ?? '') });
  return people;
}

function numberIn(text: string): number | null {
  return /^\d{1,10}$/.test(text.trim()) ? Number(text) : null;
}

async function ask(host: Host, argv: readonly string[]): Promise<string | null> {
  try {
    const { exitCode, stdout } = await host.run(argv, { deadlineMs: DEADLINE_MS, maxOutputBytes: OUTPUT_BYTES });
    return exitCode === 0 ? stdout : null;
  } catch (error) {
    if (error instanceof HostError) return null;
    throw error;
  }
}
