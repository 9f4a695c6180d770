import type { DatabaseSync } from 'node:sqlite';
import type { Advisory } from '@thimble/advisories';
import type { AdvisoryReader, AdvisoryRecords, AdvisoryStore, ReadOptions } from '../store.ts';
import { AdvisoryStoreError } from '../store-error.ts';
import { guarded, openConnection } from './connection.ts';
import { readFirstSyncs, readState, readStates, saveFailure } from './feed-rows.ts';
import { readAdvisory, readClaims, readFacts, readNamed, readRecords } from './reader.ts';
import { beginWriting } from './writer.ts';

/** The advisories of this machine: one SQLite file. */
export interface LocalAdvisories extends AdvisoryStore, AdvisoryReader, AdvisoryRecords {
  readonly advisory: (feed: string, id: string, options?: ReadOptions) => Promise<Advisory | null>;
  /** Which of the namespaces (`debian:12`) the advisories at hand speak of at all. */
  readonly named: (namespaces: readonly string[]) => Promise<ReadonlySet<string>>;
  /** By feed: before that time nothing of it was known here. */
  readonly firstSyncs: () => Promise<ReadonlyMap<string, Date>>;
  readonly close: () => void;
}

/**
 * Opens an advisory database. Many may read while one writes; a reader sees what was committed last.
 *
 * @param mode `write` makes the file where there is none
 * @throws AdvisoryStoreError here and from every call: `no-advisories`, `advisories-locked`, `advisories-too-new`,
 *   `advisories-damaged`
 */
export function openAdvisories(path: string, mode: 'read' | 'write'): LocalAdvisories {
  const writable = mode === 'write' ? openConnection(path, 'write') : null;
  // Of its own also beside the writing one: what is not committed must not be seen.
  const connection = openConnection(path, 'read');
  let writing: string | null = null;
  const whenFree = <Result>(act: (connection: DatabaseSync) => Result): Result => {
    if (writable === null) throw new TypeError(`${path} was opened for reading`);
    if (writing === null) return guarded(path, () => act(writable));
    throw new AdvisoryStoreError(
      'advisories-locked',
      `${writing} is being written to ${path}`,
      'One feed is written after another.',
    );
  };
  return {
    state: async (feed) => guarded(path, () => readState(connection, feed)),
    write: async (feed, kind) => {
      const writer = whenFree((free) => beginWriting(free, path, feed, kind, () => (writing = null)));
      writing = feed;
      return writer;
    },
    fail: async (feed, failure) => whenFree((free) => saveFailure(free, feed, failure)),
    claims: async (keys, options) => guarded(path, () => readClaims(connection, keys, options)),
    facts: async (kind, subjects, options) => guarded(path, () => readFacts(connection, kind, subjects, options)),
    states: async () => guarded(path, () => readStates(connection)),
    async *records(feed) {
      const records = guarded(path, () => readRecords(connection, feed));
      for (let next = step(records); next.done !== true; next = step(records)) yield next.value;
      function step(from: typeof records) {
        return guarded(path, () => from.next());
      }
    },
    advisory: async (feed, id, options) => guarded(path, () => readAdvisory(connection, feed, id, options)),
    named: async (namespaces) => guarded(path, () => readNamed(connection, namespaces)),
    firstSyncs: async () => guarded(path, () => readFirstSyncs(connection)),
    close: () => {
      connection.close();
      writable?.close();
    },
  };
}
