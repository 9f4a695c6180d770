import { exploitTally } from '../../feed/exploit-tally.ts';
import { FeedError, type Feed, type FeedDocument, type FeedItem } from '../../feed/index.ts';
import { textLines } from '../../feed/lines.ts';
import { line } from '../../feed/record.ts';

/** 3,500 lines have 3 MB. */
const LIMIT_BYTES = 128 * 1024 * 1024;
const LIMIT_RECORDS = 500_000;
const LINE_LIMIT_BYTES = 1024 * 1024;

/** Nuclei: which vulnerabilities a public template finds, and mostly triggers, over the network. Counts only. */
export const nuclei: Feed = {
  id: 'nuclei',
  name: 'Nuclei templates',
  publisher: 'ProjectDiscovery',
  documentation: 'https://github.com/projectdiscovery/nuclei-templates',
  licence: 'MIT',
  namespaces: ['*'],
  mode: 'snapshot',
  baseUrl: 'https://raw.githubusercontent.com/projectdiscovery/nuclei-templates/main/',
  intervalHours: 24,
  limitRecords: LIMIT_RECORDS,
  start: () => [{ path: 'cves.json', role: 'templates', packing: 'plain', limitBytes: LIMIT_BYTES }],
  read: readTemplates,
};

async function* readTemplates(document: FeedDocument): AsyncGenerator<FeedItem> {
  const tally = exploitTally(nuclei.id);
  const limits = { what: 'the list of templates', lineLimitBytes: LINE_LIMIT_BYTES, limitLines: LIMIT_RECORDS };
  let templates = 0;
  for await (const { number, text } of textLines(document.chunks(), limits)) {
    if (text.trim() === '') continue;
    const id = idOf(text);
    if (id === null) {
      yield { kind: 'fault', record: `line ${number}`, reason: `names no vulnerability: ${line(text.slice(0, 100))}` };
      continue;
    }
    templates += 1;
    // The list states no days.
    tally.add([id], null);
  }
  if (templates === 0) throw new FeedError('malformed', `${limits.what} holds no template`);
  yield* tally.facts('poc');
}

function idOf(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'ID')) return null;
  const id = (value as { readonly ID: unknown }).ID;
  return typeof id === 'string' && /^CVE-\d{4}-\d{4,19}$/i.test(id) ? id : null;
}
