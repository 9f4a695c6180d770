import { hash } from 'node:crypto';

/** Of the key and of the digest, 128 bits each are kept: too many to find two alike by trying. */
const KEY_WORDS = 4;
const ENTRY_WORDS = 8;
const FIRST_CAPACITY = 1 << 12;

export interface DigestTable {
  /** Whether the key is new, or was put before with the same digest or with another one (the first one stays). */
  put(key: string, digestHex: string): 'new' | 'same' | 'other';
}

/**
 * Keys and digests of very many packages in 64 bytes each at most: a Map of strings needs five times that, and a repository
 * may have a million.
 */
export function createDigestTable(): DigestTable {
  let capacity = FIRST_CAPACITY;
  let words = new Uint32Array(capacity * ENTRY_WORDS);
  let count = 0;
  const find = (table: Uint32Array, entry: Uint32Array): number => {
    const mask = table.length / ENTRY_WORDS - 1;
    for (let slot = (entry[0] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * ENTRY_WORDS;
      if (isFree(table, at) || startsAlike(table, at, entry)) return at;
    }
  };
  const grow = (): void => {
    const larger = new Uint32Array(words.length * 2);
    for (let at = 0; at < words.length; at += ENTRY_WORDS) {
      if (isFree(words, at)) continue;
      const entry = words.subarray(at, at + ENTRY_WORDS);
      larger.set(entry, find(larger, entry));
    }
    words = larger;
    capacity *= 2;
  };
  return {
    put(key, digestHex) {
      if (count * 2 >= capacity) grow();
      const entry = entryOf(key, digestHex);
      const at = find(words, entry);
      if (isFree(words, at)) {
        words.set(entry, at);
        count += 1;
        return 'new';
      }
      for (let word = KEY_WORDS; word < ENTRY_WORDS; word += 1) if (words[at + word] !== entry[word]) return 'other';
      return 'same';
    },
  };
}

function entryOf(key: string, digestHex: string): Uint32Array {
  const entry = new Uint32Array(ENTRY_WORDS);
  const keyHash = hash('sha256', key, 'buffer');
  for (let word = 0; word < KEY_WORDS; word += 1) {
    entry[word] = keyHash.readUInt32LE(word * 4);
    entry[KEY_WORDS + word] = Number.parseInt(digestHex.slice(word * 8, word * 8 + 8), 16);
  }
  return entry;
}

/** A key whose hash begins with 128 zero bits is not going to come. */
function isFree(table: Uint32Array, at: number): boolean {
  return table[at] === 0 && table[at + 1] === 0 && table[at + 2] === 0 && table[at + 3] === 0;
}

function startsAlike(table: Uint32Array, at: number, entry: Uint32Array): boolean {
  for (let word = 0; word < KEY_WORDS; word += 1) if (table[at + word] !== entry[word]) return false;
  return true;
}
