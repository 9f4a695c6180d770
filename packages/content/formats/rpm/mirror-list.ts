import { ContentFault } from '../../model/index.ts';
import { readXml, type XmlVisitor } from './read-xml.ts';

/** Most mirrors that are taken. Real lists have up to 300, the best first; nobody needs more than a few. */
const MIRRORS_LIMIT = 16;
/** Most lines or records that are looked at. */
const RECORDS_LIMIT = 10_000;
const ADDRESS_LIMIT_CHARACTERS = 2048;
const REPOMD = 'repodata/repomd.xml';

/**
 * The base addresses that a mirror list names, best first, each with a `/` at its end: a mirrorlist is text with an address a line, a
 * metalink is XML (version 3 of metalinker.org, or RFC 5854) with addresses of repomd.xml.
 *
 * A list is not signed, so it says nothing but where to ask; what a metalink says of digests is not looked at. What is not
 * http or https (rsync, ftp), or has credentials or a query in it, is passed over; https comes before http.
 *
 * @throws ContentFault `malformed` when it names no usable address, `unsupported`, `too-large`
 */
export async function readMirrorList(bytes: Uint8Array): Promise<readonly URL[]> {
  const start = Buffer.from(bytes.subarray(0, 512)).toString('latin1').trimStart();
  const stated = start.startsWith('<') ? await fromMetalink(bytes) : fromText(bytes);
  const seen = new Map<string, URL>();
  for (const text of stated) {
    const url = baseAddress(text);
    if (url !== null) seen.set(url.href, url);
  }
  const urls = [...seen.values()];
  if (urls.length === 0)
    throw new ContentFault(
      'malformed',
      'the mirror list names no http or https address: look at it in a browser; it may be an error page, or a variable in its address may be wrong',
    );
  const rank = (url: URL): number => (url.protocol === 'https:' ? 0 : 1);
  return urls.toSorted((a, b) => rank(a) - rank(b)).slice(0, MIRRORS_LIMIT);
}

function fromText(bytes: Uint8Array): readonly string[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n', RECORDS_LIMIT);
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

function baseAddress(text: string): URL | null {
  if (text.length > ADDRESS_LIMIT_CHARACTERS || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

interface MetalinkAddress {
  readonly text: string;
  /** Lower comes first. */
  readonly rank: number;
}

async function fromMetalink(bytes: Uint8Array): Promise<readonly string[]> {
  const found: MetalinkAddress[] = [];
  for await (const address of readXml(once(bytes), 'the metalink', metalinkVisitor())) {
    if (found.length >= RECORDS_LIMIT) break;
    found.push(address);
  }
  return found
    .toSorted((a, b) => a.rank - b.rank)
    .flatMap(({ text }) => (text.endsWith(`/${REPOMD}`) ? [text.slice(0, -REPOMD.length)] : []));
}

function metalinkVisitor(): XmlVisitor<MetalinkAddress> {
  let rank: number | null = null;
  let inRepomd = false;
  let found: MetalinkAddress[] = [];
  return {
    open(name, attributes, depth) {
      if (depth === 1 && name !== 'metalink')
        throw new ContentFault('malformed', `the mirror list is no metalink: it begins with ${name.slice(0, 40)}`);
      if (name === 'file') inRepomd = attributes['name'] === 'repomd.xml';
      if (name === 'url') rank = inRepomd ? rankOf(attributes['preference'], attributes['priority']) : null;
    },
    close(name, text) {
      if (name === 'url' && rank !== null) found.push({ text, rank });
    },
    take() {
      const taken = found;
      found = [];
      return taken;
    },
  };
}

/** Version 3: `preference` 100 is best. RFC 5854: `priority` 1 is best. */
function rankOf(preference: string | undefined, priority: string | undefined): number {
  const number = (text: string | undefined): number | null =>
    text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
  return number(priority) ?? 1_000_000 - (number(preference) ?? 0);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
