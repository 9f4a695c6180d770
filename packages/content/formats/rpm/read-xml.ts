import { SaxesParser } from 'saxes';
import { ContentFault, type ContentFaultCode } from '../../model/index.ts';

/** Sees a document's elements. Names are without their prefix; the root's depth is 1. */
export interface XmlVisitor<T> {
  readonly open: (name: string, attributes: XmlAttributes, depth: number) => void;
  /** @param text directly in the element, after its last child; without white space around it */
  readonly close: (name: string, text: string, depth: number) => void;
  /** What was found since it was asked last. */
  readonly take: () => readonly T[];
}

/** Names are as written, with their prefix. The object has no prototype. */
export type XmlAttributes = Readonly<Record<string, string>>;

/** Deepest real nesting is 6 (a condition of a dependency). */
const DEPTH_LIMIT = 32;
/** Most attributes of one element: real ones have 12 (name spaces of the root). */
const ATTRIBUTES_LIMIT = 64;
/** Longest text, attribute, comment or name. Descriptions of real packages reach 100,000 characters. */
const TEXT_LIMIT_CHARACTERS = 1_000_000;
/** Characters that are parsed between two yields: bounds what waits for the consumer. */
const PIECE_CHARACTERS = 65_536;

/**
 * Reads an XML document of any size in bounded memory, and yields what the visitor finds, as it finds it.
 *
 * A document type declaration is refused, and with it entities of its own and external ones; only UTF-8 is read.
 *
 * @param what it is, for messages: `primary.xml of https://…`
 * @throws ContentFault `malformed`, `unsupported`, `too-large`
 */
export async function* readXml<T>(
  chunks: AsyncIterable<Uint8Array>,
  what: string,
  visitor: XmlVisitor<T>,
): AsyncGenerator<T> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decoded = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw new ContentFault('malformed', `${what} is not UTF-8`, { cause: error });
    }
  };
  const parser = createParser(what, visitor);
  for await (const chunk of chunks) {
    const text = decoded(chunk);
    for (let at = 0; at < text.length; at += PIECE_CHARACTERS) {
      parser.write(text.slice(at, at + PIECE_CHARACTERS));
      yield* visitor.take();
    }
  }
  parser.write(decoded());
  parser.end();
  yield* visitor.take();
}

function createParser<T>(what: string, visitor: XmlVisitor<T>) {
  const fault = (code: ContentFaultCode, why: string, cause?: unknown): ContentFault =>
    new ContentFault(code, `${what}: ${why}`, cause === undefined ? {} : { cause });
  const parser = new SaxesParser({ fragment: false, xmlns: false });
  let depth = 0;
  let text = '';
  let attributes = 0;
  let lastEvent = 0;
  parser.on('error', (error) => {
    throw fault('malformed', `not the XML that was expected: ${error.message.slice(0, 200)}`, error);
  });
  parser.on('doctype', () => {
    throw fault('unsupported', 'it has a document type declaration, which no repository needs and which is not read');
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding))
      throw fault('unsupported', `its encoding is ${encoding.slice(0, 40)}, not UTF-8`);
  });
  parser.on('opentagstart', () => {
    lastEvent = parser.position;
    attributes = 0;
  });
  parser.on('attribute', () => {
    lastEvent = parser.position;
    attributes += 1;
    if (attributes > ATTRIBUTES_LIMIT)
      throw fault('too-large', `an element has more than ${ATTRIBUTES_LIMIT} attributes`);
  });
  parser.on('opentag', (tag) => {
    lastEvent = parser.position;
    text = '';
    depth += 1;
    if (depth > DEPTH_LIMIT) throw fault('too-large', `nested deeper than ${DEPTH_LIMIT}`);
    visitor.open(local(tag.name), tag.attributes, depth);
  });
  const onText = (piece: string): void => {
    lastEvent = parser.position;
    text += piece;
    if (text.length > TEXT_LIMIT_CHARACTERS)
      throw fault('too-large', `a text is longer than ${TEXT_LIMIT_CHARACTERS} characters`);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('comment', () => {
    lastEvent = parser.position;
  });
  parser.on('closetag', ({ name }) => {
    lastEvent = parser.position;
    visitor.close(local(name), text.trim(), depth);
    text = '';
    depth -= 1;
  });
  return {
    write(piece: string): void {
      parser.write(piece);
      if (parser.position - lastEvent > TEXT_LIMIT_CHARACTERS)
        throw fault('too-large', `a text is longer than ${TEXT_LIMIT_CHARACTERS} characters`);
    },
    end(): void {
      parser.close();
    },
  };
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
