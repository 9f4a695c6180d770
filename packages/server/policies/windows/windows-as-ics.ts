import type { WindowCalendar } from '@thimble/protocol';
import { printIcs } from '@thimble/rollouts';

/** Windows, blackouts and freezes as a file of RFC 5545; each is called as people see it in the console. */
export function windowsAsIcs({ items }: WindowCalendar, now: Date): string {
  const events = items.map(({ kind, name, policy, timeZone, startsAt, endsAt }) => ({
    startMs: Date.parse(startsAt),
    endMs: Date.parse(endsAt),
    summary: kind === 'window' ? `${policy?.name ?? ''}: window ${name} (${timeZone})` : `${kind} ${name}`,
  }));
  return printIcs('Thimble', events, now.getTime());
}
