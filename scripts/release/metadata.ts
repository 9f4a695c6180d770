import { canonicalJson } from '@thimble/protocol';
import type { PublicKey, ReleaseKey } from './keys.ts';

/** Metadata of The Update Framework 1.0, as far as a repository of agents has it (section 4 of the specification). */
interface Head {
  readonly spec_version: '1.0.31';
  readonly version: number;
  /** ISO 8601 with whole seconds. */
  readonly expires: string;
}

export type RoleName = 'root' | 'targets' | 'snapshot' | 'timestamp';

export interface Root extends Head {
  readonly _type: 'root';
  readonly consistent_snapshot: true;
  readonly keys: Readonly<Record<string, PublicKey>>;
  readonly roles: Readonly<Record<RoleName, { readonly keyids: readonly string[]; readonly threshold: number }>>;
}

export interface Target {
  readonly length: number;
  readonly hashes: { readonly sha256: string };
  readonly custom: { readonly version: string; readonly platform: string };
}

export interface Targets extends Head {
  readonly _type: 'targets';
  readonly targets: Readonly<Record<string, Target>>;
}

export interface Meta {
  readonly version: number;
  readonly length: number;
  readonly hashes: { readonly sha256: string };
}

export interface Naming<Type extends 'snapshot' | 'timestamp'> extends Head {
  readonly _type: Type;
  readonly meta: Readonly<Record<string, Meta>>;
}

export type Signed = Root | Targets | Naming<'snapshot'> | Naming<'timestamp'>;

export interface Sealed<Content extends Signed = Signed> {
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
  readonly signed: Content;
}

/**
 * Adds the signatures of those keys whose private half is here. What is signed is OLPC's canonical JSON; for ASCII
 * without control characters, which is all that these files have, ours is the same.
 */
export function seal<Content extends Signed>(
  signed: Content,
  keys: readonly ReleaseKey[],
  before: Sealed['signatures'] = [],
): Sealed<Content> {
  const data = Buffer.from(canonicalJson(signed));
  const added = keys.flatMap((key) => (key.sign === null ? [] : [{ keyid: key.keyid, sig: key.sign(data) }]));
  const kept = before.filter(({ keyid }) => !added.some((other) => other.keyid === keyid));
  return { signatures: [...kept, ...added], signed };
}

export function expiry(days: number, now: Date): string {
  return new Date(now.getTime() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
}
