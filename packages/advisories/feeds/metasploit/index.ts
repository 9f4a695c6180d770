import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { exploitTally } from '../../feed/exploit-tally.ts';
import { FeedError, type Feed, type FeedContext, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { pastDay } from '../../feed/moments.ts';
import { line } from '../../feed/record.ts';

/** The framework's modules have 25 MB. */
const LIMIT_BYTES = 512 * 1024 * 1024;
const LIMIT_RECORDS = 200_000;
const RECORD_LIMIT_BYTES = 4 * 1024 * 1024;

/** Metasploit: for which vulnerabilities there is a module that anybody can run. Counts only. */
export const metasploit: Feed = {
  id: 'metasploit',
  name: 'Metasploit modules',
  publisher: 'Rapid7',
  documentation: 'https://docs.metasploit.com/',
  licence: 'BSD-3-Clause',
  namespaces: ['*'],
  mode: 'snapshot',
  baseUrl: 'https://raw.githubusercontent.com/rapid7/metasploit-framework/master/db/',
  intervalHours: 24,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'modules_metadata_base.json', role: 'modules', packing: 'plain', limitBytes: LIMIT_BYTES }],
  read: readModules,
};

const Module = Compile(
  Type.Object({
    references: Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 10_000 }),
    disclosure_date: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
  }),
);

async function* readModules(document: FeedDocument, { now }: FeedContext): AsyncGenerator<FeedItem> {
  const tally = exploitTally(metasploit.id);
  const limits = { what: 'the list of modules', limitRecords: LIMIT_RECORDS, recordLimitBytes: RECORD_LIMIT_BYTES };
  let modules = 0;
  for await (const { value, path } of jsonMembers(document.chunks(), ['$.*'], limits)) {
    if (!Module.Check(value)) {
      yield { kind: 'fault', record: line(String(path[0] ?? '')), reason: 'has no list of references' };
      continue;
    }
    modules += 1;
    tally.add(value.references, pastDay(value.disclosure_date, now));
  }
  if (modules === 0) throw new FeedError('malformed', `${limits.what} holds no module`);
  yield* tally.facts('weaponized');
}
