import type { Feed, FeedDocument, FeedItem } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { fieldsOf, listOf, own } from '../../feed/json-value.ts';
import { line } from '../../feed/record.ts';
import { componentOf, vulnerabilityItems } from './normalise.ts';

const LIMIT_BYTES = 256 * 1024 ** 2;
const LIMIT_RECORDS = 100_000;

/** Retire.js: front-end libraries, also those that are copied into web pages without a package manager. */
export const retirejs: Feed = {
  id: 'retirejs',
  name: 'Retire.js',
  publisher: 'RetireJS',
  documentation: 'https://retirejs.github.io/retire.js/',
  licence: 'Apache-2.0',
  namespaces: ['npm', 'retirejs'],
  mode: 'snapshot',
  baseUrl: 'https://raw.githubusercontent.com/RetireJS/retire.js/master/repository/',
  intervalHours: 24,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'jsrepository-v4.json', role: 'repository', packing: 'plain', limitBytes: LIMIT_BYTES }],
  read,
};

async function* read(document: FeedDocument): AsyncGenerator<FeedItem> {
  const limits = { what: document.request.path, limitRecords: LIMIT_RECORDS };
  const seen = new Set<string>();
  for await (const { path, value } of jsonMembers(document.chunks(), ['$.*'], limits)) {
    const key = String(path[0]);
    const fields = fieldsOf(value);
    const list = fields === null ? null : listOf(own(fields, 'vulnerabilities'));
    if (fields === null || list === null) {
      yield { kind: 'fault', record: line(key), reason: 'the component has no list of vulnerabilities' };
      continue;
    }
    const component = componentOf(key, fields);
    for (const [index, entry] of list.entries()) yield* vulnerabilityItems(component, entry, index, seen);
  }
}
