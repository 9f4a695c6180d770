import { createHash } from 'node:crypto';
import {
  ContentFault,
  type FreezeResult,
  type PreviousRevision,
  type RepositoryDefinition,
  type RepositoryPackage,
  type TrustAnchor,
} from '../../../model/index.ts';
import { createMemoryContext, type MemoryContext, type SignedAptRepository } from '../../../testing/index.ts';
import { aptFormat } from '../index.ts';

export interface FreezeSettings {
  readonly definition?: Partial<RepositoryDefinition>;
  readonly anchors?: readonly TrustAnchor[];
  readonly previous?: PreviousRevision;
  /** GnuPG signs at the real time, so that is the time where nothing else is said. */
  readonly now?: Date;
  readonly tamper?: (files: Map<string, Uint8Array>) => void;
}

export interface Frozen {
  readonly result: FreezeResult;
  readonly packages: readonly RepositoryPackage[];
  readonly context: MemoryContext;
}

/** Freezes a repository as it is now. */
export async function freezeInTest(of: SignedAptRepository, settings: FreezeSettings = {}): Promise<Frozen> {
  const files = await of.files();
  settings.tamper?.(files);
  const context = createMemoryContext({
    files,
    anchors: settings.anchors ?? [of.anchor],
    previous: settings.previous ?? null,
    now: settings.now ?? new Date(),
    pieceBytes: 7,
  });
  const packages: RepositoryPackage[] = [];
  const definition = { ...of.definition, ...settings.definition };
  const result = await aptFormat.freeze(definition, context, (found) => void packages.push(found));
  return { result, packages, context };
}

/** The fault of a freeze that must not end well: `code: message`. */
export async function faultInTest(of: SignedAptRepository, settings: FreezeSettings = {}): Promise<string> {
  try {
    await freezeInTest(of, settings);
  } catch (error) {
    if (error instanceof ContentFault) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no fault';
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
