import { ContentFault, type RepositoryPackage } from '../../model/index.ts';
import { repositoryPath } from '../repository-path.ts';

/** One package of an index, and when it was built. */
export interface IndexRecord {
  readonly found: RepositoryPackage;
  /** null: not said. */
  readonly builtAt: Date | null;
}

/** Alpine's community has 25,000. */
const RECORDS_LIMIT = 1_000_000;
/** The longest real line (what a big package provides) has 60,000 characters. */
const LINE_LIMIT_CHARACTERS = 1_000_000;
/** Year 9999: later ones are no times. */
const LAST_SECOND = 253_402_300_799;

/**
 * Reads APKINDEX (apk-package(5), `apk_pkg_new_from_buf`…: a letter, a colon and a value a line, records end with an empty line).
 *
 * @param folder of the index and its packages, in the repository
 * @throws ContentFault `malformed`, `unsupported`, `too-large`, `unsafe-path`
 */
export async function* readIndexRecords(
  chunks: AsyncIterable<Uint8Array>,
  folder: string,
): AsyncGenerator<IndexRecord> {
  let fields = new Map<string, string>();
  let count = 0;
  for await (const line of lines(chunks, `${folder}/APKINDEX`)) {
    if (line !== '') {
      setField(fields, line, folder);
      continue;
    }
    if (fields.size === 0) continue;
    count += 1;
    if (count > RECORDS_LIMIT)
      throw new ContentFault('too-large', `the index of ${folder} has more than ${RECORDS_LIMIT} packages`);
    yield recordOf(fields, folder);
    fields = new Map();
  }
  if (fields.size > 0) yield recordOf(fields, folder);
}

const WANTED = new Set(['P', 'V', 'A', 'S', 'C', 'o', 't']);

function setField(fields: Map<string, string>, line: string, folder: string): void {
  const name = line[0] ?? '';
  if (line[1] !== ':') throw malformed(folder, `has a line that is no field: ${JSON.stringify(line.slice(0, 60))}`);
  if (!WANTED.has(name)) return;
  // Readers would differ in which one they take.
  if (fields.has(name)) throw malformed(folder, `says ${name}: of one package twice`);
  fields.set(name, line.slice(2));
}

function recordOf(fields: ReadonlyMap<string, string>, folder: string): IndexRecord {
  const word = (field: string, pattern: RegExp): string => {
    const value = fields.get(field) ?? '';
    if (!pattern.test(value))
      throw malformed(folder, `has a package with an impossible ${field}: ${value.slice(0, 60)}`);
    return value;
  };
  const name = word('P', /^[A-Za-z0-9_][\w.+-]{0,254}$/);
  const version = word('V', /^[A-Za-z0-9][\w.+~-]{0,254}$/);
  const architecture = word('A', /^[a-z0-9_]{1,64}$/);
  const sizeBytes = Number(word('S', /^\d{1,15}$/));
  const source = fields.has('o') ? word('o', /^[A-Za-z0-9_][\w.+-]{0,254}$/) : name;
  const builtAt = Number(fields.get('t') ?? Number.NaN);
  return {
    found: {
      path: repositoryPath(`${folder}/${name}-${version}.apk`, `name of ${name}`),
      name,
      version,
      architecture,
      source,
      // Subpackages have the version of what they were built from.
      sourceVersion: version,
      sizeBytes,
      check: { kind: 'apk', controlSha1: controlSha1(fields.get('C') ?? '', name, folder), sizeBytes },
    },
    builtAt: Number.isInteger(builtAt) && builtAt > 0 && builtAt <= LAST_SECOND ? new Date(builtAt * 1000) : null,
  };
}

/** `Q1` and SHA-1 in base64; `Q2` is SHA-256, of which apk-tools 2 knows nothing. */
function controlSha1(text: string, name: string, folder: string): string {
  if (text.startsWith('Q2'))
    throw new ContentFault('unsupported', `the index of ${folder} has a checksum of apk-tools 3 for ${name}`);
  if (!/^Q1[A-Za-z0-9+/]{27}=$/.test(text)) throw malformed(folder, `has no checksum (Q1…) of ${name}`);
  return Buffer.from(text.slice(2), 'base64').toString('hex');
}

async function* lines(chunks: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LINE_LIMIT_CHARACTERS)
      throw new ContentFault('too-large', `${what} has a line of more than ${LINE_LIMIT_CHARACTERS} characters`);
    yield* parts;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

function malformed(folder: string, why: string): ContentFault {
  return new ContentFault('malformed', `the index of ${folder} ${why}`, { path: `${folder}/APKINDEX.tar.gz` });
}
