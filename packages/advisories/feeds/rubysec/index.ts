import { archivedRecords } from '../../feed/archive-records.ts';
import type { Feed } from '../../feed/index.ts';
import { rubysecItems } from './normalise.ts';

/** Unpacked, the whole repository has 12 MB. */
const LIMIT_BYTES = 256 * 1024 ** 2;

/** The Ruby community's advisory database, which bundler-audit reads. */
export const rubysec: Feed = {
  id: 'rubysec',
  name: 'Ruby advisory database',
  publisher: 'rubysec',
  documentation: 'https://rubysec.com/',
  licence: 'mixed, see its LICENSE.txt',
  namespaces: ['gem'],
  onRequest: 'osv-rubygems has its records',
  mode: 'snapshot',
  baseUrl: 'https://codeload.github.com/rubysec/ruby-advisory-db/',
  intervalHours: 12,
  limitRecords: 100_000,
  start: () => [{ path: 'tar.gz/refs/heads/master', role: 'archive', packing: 'tar.gz', limitBytes: LIMIT_BYTES }],
  read: (document, context) =>
    archivedRecords(
      document,
      (name) => /(^|\/)(gems|rubies)\/[^/]+\/[^/]+\.ya?ml$/.test(name),
      (record) => rubysecItems(record, context.now),
    ),
};
