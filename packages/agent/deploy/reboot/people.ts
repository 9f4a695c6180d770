import { HostError, type Host } from '@thimble/drivers';
import type { Person } from './consent.ts';

const DEADLINE_MS = 15_000;
const OUTPUT_BYTES = 256 * 1024;
/** A terminal server's; more are as good as these for a question. */
const PEOPLE_MAX = 500;
/** Accounting of sign-ins where a system has it, utmp(5). */
const UTMP = '/run/utmp';

/** Of sessions that are nobody's: sign-in screens, jobs and managers of sessions, pam_systemd(8). Root at a terminal is `user-early`. */
const NOBODYS = /^(greeter|lock-screen|none|background|manager)(-|$)/;
/** One by one: systemd 252 takes a list of them for one name, and prints nothing. */
const PROPERTIES = ['--property=Class', '--property=State', '--property=Name', '--property=User'];
/** logind keeps its sessions here; where it is not, no logind runs. */
const LOGIND = '/run/systemd/sessions';

/** `absent`: this system has no such thing to ask. Null: it can't tell now. */
type Told = readonly Person[] | 'absent' | null;

/** Who is signed in, by logind and by utmp: not every system has both, nor tells both of a session. Null: it is not known. */
export async function signedIn(host: Host): Promise<readonly Person[] | null> {
  const all = [await fromUtmp(host), await fromLogind(host)].filter((told) => told !== 'absent');
  if (all.length === 0) return null;
  const people = new Map<string, Person>();
  for (const told of all) {
    if (told === null) return null;
    for (const person of told) people.set(person.name, person);
  }
  return [...people.values()].slice(0, PEOPLE_MAX);
}

/** loginctl(1). Who can't be looked at is somebody all the same: when the session has just ended, the next look knows. */
async function fromLogind(host: Host): Promise<Told> {
  const listed = await ask(host, ['loginctl', 'list-sessions', '--no-legend', '--no-pager']);
  if (listed === null) return (await host.stat(LOGIND)) === null ? 'absent' : null;
  const people: Person[] = [];
  for (const line of listed.split('\n')) {
    const [, id = '', listedId = '', user = ''] = /^\s*(\S+)\s+(\S*)\s*(\S*)/.exec(line) ?? [];
    if (id === '' || people.length >= PEOPLE_MAX) continue;
    const shown = (await ask(host, ['loginctl', 'show-session', ...PROPERTIES, '--', id])) ?? '';
    const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(shown)?.[1] ?? '';
    if (NOBODYS.test(value('Class')) || value('State') === 'closing') continue;
    people.push({ name: value('Name') || user || `session ${id}`, id: numberIn(value('User') || listedId) });
  }
  return people;
}

async function fromUtmp(host: Host): Promise<Told> {
  if ((await host.stat(UTMP)) === null) return 'absent';
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
