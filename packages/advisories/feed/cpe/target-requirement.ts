import type { Requirement } from '../../model/index.ts';
import type { CpeName } from './cpe-name.ts';

/** `target_sw` names what the product runs in (NISTIR 7695, 5.3.3.10): WordPress, Node.js, Android, of whatever vendor. */
export function targetRequirement(cpe: CpeName): Requirement[][] {
  if (cpe.targetSw === null || cpe.targetSw === '-') return [];
  const escaped = cpe.targetSw.replace(/[^a-z0-9_]/g, (character) => `\\${character}`);
  return [[{ cpe: `cpe:2.3:*:*:${escaped}:*:*:*:*:*:*:*:*`.slice(0, 512), intervals: [] }]];
}
