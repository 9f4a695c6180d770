import { ContentFault } from '../../model/index.ts';

/** The fields of a Packages file that matter here, deb-src-control(5): by lower-case name. */
const FIELDS = ['package', 'version', 'architecture', 'source', 'filename', 'size', 'sha256', 'sha512'] as const;

type Field = (typeof FIELDS)[number];

/** First lines of the fields; latin1: one byte is one code unit. Slices of the text read: copy what is kept. */
export type Stanza = Partial<Record<Field, string>>;

const KNOWN: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field, field]));
const LENGTHS: ReadonlySet<number> = new Set(FIELDS.map((field) => field.length));

/**
 * The paragraphs of a Packages file, in bounded memory, whatever pieces it comes in.
 *
 * @throws ContentFault `too-large` (a paragraph), `malformed`
 */
export async function* readStanzas(
  pieces: AsyncIterable<Uint8Array>,
  limits: { readonly stanzaCharacters: number; readonly path: string },
): AsyncGenerator<Iterable<Stanza>> {
  let rest = '';
  for await (const piece of pieces) {
    rest += Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
    const end = rest.lastIndexOf('\n\n');
    if (end !== -1) {
      yield stanzasOf(rest.slice(0, end + 1), limits.path);
      rest = rest.slice(end + 2);
    }
    if (rest.length > limits.stanzaCharacters)
      throw new ContentFault(
        'too-large',
        `${limits.path} has a paragraph of more than ${limits.stanzaCharacters} bytes`,
        {
          path: limits.path,
        },
      );
  }
  yield stanzasOf(rest, limits.path);
}

/** Line by line: text that merely looks like a field in a description is none. */
function* stanzasOf(text: string, path: string): Generator<Stanza> {
  let stanza: Stanza = {};
  let isEmpty = true;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const first = text.charCodeAt(at);
    if (end === at) {
      if (!isEmpty) yield stanza;
      stanza = {};
      isEmpty = true;
    } else if (first !== 0x20 && first !== 0x09) {
      readField(text, at, end, stanza, path);
      isEmpty = false;
    } else if (isEmpty) throw malformed(path, 'a paragraph begins with a blank');
    at = end + 1;
  }
  if (!isEmpty) yield stanza;
}

function readField(text: string, at: number, end: number, stanza: Stanza, path: string): void {
  const colon = text.indexOf(':', at);
  if (colon === -1 || colon >= end || colon === at)
    throw malformed(path, `it has a line that is no field: ${JSON.stringify(text.slice(at, Math.min(end, at + 80)))}`);
  if (!LENGTHS.has(colon - at)) return;
  const field = KNOWN.get(text.slice(at, colon).toLowerCase());
  if (field === undefined) return;
  // Two readers might each take another one.
  if (stanza[field] !== undefined) throw malformed(path, `a paragraph has the field ${field} twice`);
  stanza[field] = text.slice(colon + 1, end).trim();
}

function malformed(path: string, why: string): ContentFault {
  return new ContentFault('malformed', `${path} is not what a Packages file is: ${why}`, { path });
}
