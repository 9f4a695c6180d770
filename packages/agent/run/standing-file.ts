import type { CheckInReply } from '@thimble/protocol';
import type { AgentContext } from '../context.ts';
import { readChecked, writeChecked } from '../state/checked-file.ts';
import type { Disk } from '../state/disk.ts';
import { STANDING_FILE } from '../state/identity.ts';

/** Why an endpoint gets neither orders nor content; for people, nothing is decided by it. */
export type Standing = NonNullable<CheckInReply['standing']>;

export async function noteStanding({ disk, log }: AgentContext, standing: Standing | undefined): Promise<void> {
  const before = await readStanding(disk);
  if (JSON.stringify(before) === JSON.stringify(standing ?? null)) return;
  log.info(standing === undefined ? 'the server has let this endpoint in' : describeStanding(standing));
  if (standing === undefined) await disk.remove(STANDING_FILE);
  // A full disk is told elsewhere.
  else await writeChecked(disk, STANDING_FILE, 'standing', standing).catch(() => undefined);
}

export async function readStanding(disk: Disk): Promise<Standing | null> {
  return (await readChecked(disk, STANDING_FILE, 'standing').catch(() => null)) as Standing | null;
}

export function describeStanding(standing: Standing): string {
  switch (standing.kind) {
    case 'waiting':
      return 'waits until a person lets it in';
    case 'quarantined':
      return `in quarantine: ${standing.reason}`;
    default:
      return standing satisfies never;
  }
}
