import type { AgentContext } from '../context.ts';
import { readChecked, writeChecked } from '../state/checked-file.ts';
import type { Disk } from '../state/disk.ts';

/** What `thimble agent status` tells of the last contact. For people: nothing is decided by it. */
export interface ContactNote {
  /** ISO 8601; null: never. */
  readonly lastCheckInAt: string | null;
  /** Why the last try failed; null: it did not. */
  readonly trouble: string | null;
  readonly mode: string;
}

export async function noteContact(context: AgentContext, trouble: string | null): Promise<void> {
  const before = await readContact(context.disk);
  const now = new Date(context.clock.now()).toISOString();
  const note: ContactNote = {
    lastCheckInAt: trouble === null ? now : (before?.lastCheckInAt ?? null),
    trouble,
    mode: context.agent.mode,
  };
  await context.trust.tellStaleTime();
  // A full disk is told elsewhere.
  await writeChecked(context.disk, 'contact', 'contact', note).catch(() => undefined);
}

export async function readContact(disk: Disk): Promise<ContactNote | null> {
  return (await readChecked(disk, 'contact', 'contact').catch(() => null)) as ContactNote | null;
}
