import type { AcquirerSettings, FileCheck } from '../model/index.ts';
import { checkKey } from './check-key.ts';
import { KNOWN_DIGESTS_LIMIT } from './limits.ts';

/** Under which SHA-256 a file is stored that signed metadata names by another digest. */
export interface KnownDigests {
  /** null: it was never here, or nobody remembers. */
  readonly of: (check: FileCheck) => Promise<string | null>;
  readonly remember: (check: FileCheck, sha256: string) => void;
}

export function createKnownDigests(known: AcquirerSettings['known']): KnownDigests {
  const seen = new Map<string, string>();
  const remember = (check: FileCheck, sha256: string): void => {
    if (check.kind === 'sha256') return;
    seen.set(checkKey(check), sha256);
    if (seen.size > KNOWN_DIGESTS_LIMIT) seen.delete(seen.keys().next().value ?? '');
  };
  return {
    remember,
    of: async (check) => {
      if (check.kind === 'sha256') return check.sha256;
      const remembered = seen.get(checkKey(check));
      if (remembered !== undefined) return remembered;
      const stated = (await known?.(check)) ?? null;
      if (stated !== null) remember(check, stated);
      return stated;
    },
  };
}
