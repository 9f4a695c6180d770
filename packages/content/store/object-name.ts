/** Where an object lies below a store's root: sharded, so that no folder has more than some thousands of a million objects. */
export function objectName(sha256: string): string {
  if (!SHA256.test(sha256)) throw new TypeError(`${JSON.stringify(sha256)} is no SHA-256 in lower-case hex`);
  return `${OBJECTS}/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
}

/** The other way; null: not named like content. */
export function digestOf(shard: string, rest: string): string | null {
  const sha256 = shard + rest;
  return shard.length === 2 && SHA256.test(sha256) ? sha256 : null;
}

export const OBJECTS = 'objects';
export const SHARDS = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));

const SHA256 = /^[0-9a-f]{64}$/;
