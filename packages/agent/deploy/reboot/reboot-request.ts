import type { Host } from '@thimble/drivers';
import { Prose, Timestamp, Uuid } from '@thimble/protocol';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { RUN_FOLDER } from './answers.ts';

/** What everybody on this machine may read: that it asks for a reboot, why, and until when it waits. */
const RebootQuestion = Type.Object({
  format: Type.Literal(1),
  orderId: Uuid,
  reason: Prose,
  askedAt: Timestamp,
  /** Then it reboots without consent. */
  rebootsAt: Timestamp,
  /** When people were told last. */
  toldAt: Timestamp,
});
export type RebootQuestion = Static<typeof RebootQuestion>;

export const REBOOT_QUESTION_PATH = `${RUN_FOLDER}/reboot-request.json`;
const QUESTION_BYTES = 64 * 1024;

/** Null: nobody is asked. One that can't be read counts as none: then people are asked anew. */
export async function readQuestion(host: Pick<Host, 'readFile'>): Promise<RebootQuestion | null> {
  const data = await host.readFile(REBOOT_QUESTION_PATH, { maxBytes: QUESTION_BYTES });
  if (data === null) return null;
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return Value.Check(RebootQuestion, value) ? value : null;
  } catch {
    return null;
  }
}

export async function writeQuestion(host: Host, question: RebootQuestion): Promise<void> {
  await host.makeDirectory(RUN_FOLDER, { mode: 0o755 });
  await host.writeFile(REBOOT_QUESTION_PATH, `${JSON.stringify(question, null, 2)}\n`, { mode: 0o644 });
}

export function withdrawQuestion(host: Host): Promise<void> {
  return host.remove(REBOOT_QUESTION_PATH);
}
