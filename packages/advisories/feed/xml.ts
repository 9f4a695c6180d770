import { createHash } from 'node:crypto';
import { SaxesParser } from 'saxes';
import { FeedError } from './feed-error.ts';

/** An element with everything in it. Names are without their prefix; white space around text is kept. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Text and CDATA directly in the element, one after the other. */
  readonly text: string;
}

/** An element of interest. */
export interface XmlRecord {
  readonly element: XmlElement;
  /** SHA-256, lower-case hex, of the element as received. */
  readonly sha256: string;
}

export interface XmlLimits {
  /** What the document is, for the error message. */
  readonly what: string;
  /** Most elements of interest that are yielded. */
  readonly limitRecords: number;
  /** Largest element of interest, in characters. The largest real ones (an update of a kernel) have 5 million. */
  readonly recordLimitCharacters?: number;
  /** Longest text, attribute, comment or name. */
  readonly textLimitCharacters?: number;
  /** Deepest nesting: criteria trees of OVAL stay below 20. */
  readonly limitDepth?: number;
  /**
   * `skipped`: a document type declaration is passed over, unread, for formats that demand one (VuXML). What it declares
   * does not exist for this reader: an entity of the document's own is malformed. Not set: it is refused.
   */
  readonly doctype?: 'skipped';
}

const RECORD_LIMIT_CHARACTERS = 64_000_000;
const TEXT_LIMIT_CHARACTERS = 4_000_000;
const LIMIT_DEPTH = 64;
/** Most attributes of one element: schema locations and name spaces of real documents are below 20. */
const LIMIT_ATTRIBUTES = 256;
/** Characters that are parsed between two yields: bounds what waits for the consumer. */
const PIECE_CHARACTERS = 65_536;

/**
 * Reads an XML document of any size, yielding only the elements of the given names (without prefix), in the document's
 * order, and holding one of them at a time. An element of interest inside of another one is part of that one.
 *
 * A document type declaration is refused, and with it entities of its own and external ones; only UTF-8 is read. Throws a
 * FeedError `malformed`, `unsupported`, or `too-large` beyond the limits.
 */
export async function* xmlRecords(
  chunks: AsyncIterable<Uint8Array>,
  names: readonly string[],
  limits: XmlLimits,
): AsyncGenerator<XmlRecord> {
  const reader = recordReader(new Set(names), limits);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decoded = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw new FeedError('malformed', `${limits.what}: it is not UTF-8`, { cause: error });
    }
  };
  for await (const chunk of chunks) {
    const text = decoded(chunk);
    for (let at = 0; at < text.length; at += PIECE_CHARACTERS)
      yield* reader.write(text.slice(at, at + PIECE_CHARACTERS));
  }
  yield* reader.write(decoded());
  yield* reader.end();
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlElement[];
  text: string;
}

function recordReader(names: ReadonlySet<string>, limits: XmlLimits) {
  const { what, limitRecords, limitDepth = LIMIT_DEPTH } = limits;
  const { recordLimitCharacters = RECORD_LIMIT_CHARACTERS, textLimitCharacters = TEXT_LIMIT_CHARACTERS } = limits;
  const tooLarge = (why: string): FeedError => new FeedError('too-large', `${what}: ${why}`);
  const parser = new SaxesParser({ fragment: false });
  const held = heldText();
  /** Elements inside of an element of interest, the outermost first; empty: none is open. */
  const open: OpenElement[] = [];
  let recordStart = 0;
  let depth = 0;
  let count = 0;
  let lastEvent = 0;
  let found: XmlRecord[] = [];

  parser.on('error', (error) => {
    throw new FeedError('malformed', `${what}: not the XML that was expected: ${error.message.slice(0, 200)}`, {
      cause: error,
    });
  });
  parser.on('doctype', () => {
    lastEvent = parser.position;
    if (limits.doctype === 'skipped') return;
    throw new FeedError('unsupported', `${what}: it has a document type declaration, which is not read`);
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding))
      throw new FeedError('unsupported', `${what}: its encoding is ${encoding.slice(0, 40)}, not UTF-8`);
  });
  parser.on('opentagstart', ({ name }) => {
    lastEvent = parser.position;
    if (open.length === 0 && names.has(local(name))) recordStart = held.tagStart(parser.position);
  });
  parser.on('attribute', () => {
    lastEvent = parser.position;
  });
  parser.on('opentag', ({ name, attributes }) => {
    lastEvent = parser.position;
    depth += 1;
    if (depth > limitDepth) throw tooLarge(`nested deeper than ${limitDepth}`);
    if (open.length === 0 && !names.has(local(name))) return;
    const entries = Object.entries(attributes);
    if (entries.length > LIMIT_ATTRIBUTES) throw tooLarge(`an element has more than ${LIMIT_ATTRIBUTES} attributes`);
    open.push({
      name: local(name),
      attributes: new Map(entries.map(([key, value]) => [local(key), value])),
      children: [],
      text: '',
    });
  });
  parser.on('text', (text) => {
    lastEvent = parser.position;
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('cdata', (text) => {
    lastEvent = parser.position;
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('comment', () => {
    lastEvent = parser.position;
  });
  parser.on('closetag', () => {
    lastEvent = parser.position;
    depth -= 1;
    const element = open.pop();
    if (element === undefined) return;
    const parent = open.at(-1);
    if (parent !== undefined) {
      parent.children.push(element);
      return;
    }
    count += 1;
    if (count > limitRecords) throw tooLarge(`more than ${limitRecords} records`);
    found.push({ element, sha256: held.sha256(recordStart, parser.position) });
  });

  const taken = (): readonly XmlRecord[] => {
    const records = found;
    found = [];
    return records;
  };
  return {
    write(piece: string): readonly XmlRecord[] {
      held.add(piece);
      parser.write(piece);
      if (parser.position - lastEvent > textLimitCharacters)
        throw tooLarge(`a text is longer than ${textLimitCharacters} characters`);
      if (open.length === 0) held.keepFromLastTag(parser.position);
      else if (parser.position - recordStart > recordLimitCharacters)
        throw tooLarge(`a record is longer than ${recordLimitCharacters} characters`);
      return taken();
    },
    end(): readonly XmlRecord[] {
      parser.close();
      return taken();
    },
  };
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The text of the document that a hash may still be asked for. */
function heldText() {
  let text = '';
  let offset = 0;
  return {
    add(piece: string): void {
      text += piece;
    },
    /** Where the tag begins that the parser is in. */
    tagStart: (position: number): number => offset + text.lastIndexOf('<', position - offset - 1),
    keepFromLastTag(position: number): void {
      const start = Math.max(text.lastIndexOf('<', position - offset - 1), 0);
      text = text.slice(start);
      offset += start;
    },
    sha256: (from: number, to: number): string =>
      createHash('sha256')
        .update(text.slice(from - offset, to - offset))
        .digest('hex'),
  };
}

/** The first child of a name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Text of the first child of a name, without white space around it; empty when there is none. */
export function textOf(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text.trim() ?? '';
}
