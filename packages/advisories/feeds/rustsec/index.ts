import type { Feed } from '../../feed/index.ts';
import { archivedRecords } from '../../feed/archive-records.ts';
import { rustsecItems } from './normalise.ts';

/** Unpacked, the whole repository has 10 MB. */
const LIMIT_BYTES = 256 * 1024 ** 2;

/** RustSec's advisory database, as its repository has it. */
export const rustsec: Feed = {
  id: 'rustsec',
  name: 'RustSec advisory database',
  publisher: 'Rust Secure Code working group',
  documentation: 'https://rustsec.org/',
  licence: 'CC0-1.0',
  namespaces: ['cargo'],
  onRequest: 'osv-crates-io has its records',
  mode: 'snapshot',
  baseUrl: 'https://codeload.github.com/rustsec/advisory-db/',
  intervalHours: 12,
  limitRecords: 100_000,
  start: () => [{ path: 'tar.gz/refs/heads/main', role: 'archive', packing: 'tar.gz', limitBytes: LIMIT_BYTES }],
  read: (document, context) =>
    archivedRecords(
      document,
      (name) => /(^|\/)(crates|rust)\/[^/]+\/[A-Z]+-\d[^/]*\.md$/.test(name),
      (record) => rustsecItems(record, context.now),
    ),
};
