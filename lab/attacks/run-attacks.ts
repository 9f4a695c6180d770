import type { Attack, AttackFamily } from './attack.ts';
import { startTarget, type Target } from './target/target.ts';

export interface AttackResult {
  readonly family: string;
  /** `family: attack`. */
  readonly name: string;
  readonly attack: Attack;
  /** What went otherwise than it has to; null: refused as it should be, and recorded. */
  readonly fault: string | null;
  readonly note: string;
}

/** Tries them one after another; each family has a server of its own. */
export async function* runAttacks(families: readonly AttackFamily[]): AsyncGenerator<AttackResult> {
  for (const family of families) {
    const target = await startTarget();
    try {
      for (const attack of family.attacks) yield await runAttack(family, attack, target);
    } finally {
      await target.stop();
    }
  }
}

export async function runAttack({ name }: AttackFamily, attack: Attack, target: Target): Promise<AttackResult> {
  const errorsBefore = target.errors.length;
  const result = { family: name, name: `${name}: ${attack.name}`, attack };
  try {
    const { refusal, isRecorded, note = '' } = await attack.attempt(target);
    const errors = target.errors.slice(errorsBefore);
    return { ...result, note, fault: faultOf(attack, refusal, isRecorded, errors) };
  } catch (error) {
    return { ...result, note: '', fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function faultOf(attack: Attack, refusal: string, isRecorded: boolean, errors: readonly string[]): string | null {
  if (refusal !== attack.refusal) return `ended with ${refusal}, not with ${attack.refusal}`;
  if (!isRecorded) return `is not recorded: ${attack.record}`;
  return errors.length === 0 ? null : `made the server fail: ${errors[0]}`;
}
