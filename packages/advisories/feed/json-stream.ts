import { createHash } from 'node:crypto';
import { JSONParser, TokenType } from '@streamparser/json';
import { FeedError } from './feed-error.ts';
import { jsonSelectors, type JsonPath, type JsonSelector } from './json-selectors.ts';

/** A value of a JSON document, picked out by a selector. */
export interface JsonMember {
  /** Which of the selectors it was. */
  readonly selector: string;
  /** Keys and indices from the root to it. */
  readonly path: JsonPath;
  /** As JSON.parse gives it: a key `__proto__` is a property like any other. Look keys up with Object.hasOwn. */
  readonly value: unknown;
  /** SHA-256, lower-case hex: of an object's or array's bytes as received; of a scalar as JSON.stringify writes it. */
  readonly sha256: string;
}

export interface JsonLimits {
  /** What the document is, for the error message. */
  readonly what: string;
  /** Most members that are yielded. */
  readonly limitRecords: number;
  /** Largest member. The largest real ones (a kernel's entry in a distribution's tracker) have about 20 MB. */
  readonly recordLimitBytes?: number;
  /** Longest string, number or stretch of white space: descriptions stay below 1 MB. */
  readonly stringLimitBytes?: number;
  /** Deepest nesting: real feeds stay below 20. */
  readonly limitDepth?: number;
}

const RECORD_LIMIT_BYTES = 64_000_000;
const STRING_LIMIT_BYTES = 4_000_000;
const LIMIT_DEPTH = 64;
/** Bytes that are parsed between two yields: bounds what waits for the consumer. */
const PIECE_BYTES = 65_536;

/**
 * Reads a JSON document of any size, yielding only the values that the selectors name (`$.*`, `$.vulnerabilities.*`,
 * `$.version`; `*` is any key or index) in the document's order, and holding one of them at a time.
 *
 * The object or array that a selector's literal part names must be there: an answer such as `{"error": …}` is not an empty
 * feed. Throws a FeedError `malformed`, or `too-large` beyond the limits.
 */
export async function* jsonMembers(
  chunks: AsyncIterable<Uint8Array>,
  selectors: readonly string[],
  limits: JsonLimits,
): AsyncGenerator<JsonMember> {
  const reader = memberReader(selectors, limits);
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES)
      yield* reader.write(chunk.subarray(at, at + PIECE_BYTES));
  reader.end();
}

interface Position {
  /** By depth, the offset of the container that was opened last. */
  readonly starts: number[];
  readonly keys: (string | number)[];
  readonly inObject: boolean[];
  expectsKey: boolean;
  /** End of the last token. */
  end: number;
}

function memberReader(texts: readonly string[], limits: JsonLimits) {
  const { what, limitRecords, recordLimitBytes = RECORD_LIMIT_BYTES, stringLimitBytes = STRING_LIMIT_BYTES } = limits;
  const selectors = jsonSelectors(texts);
  const position: Position = { starts: [], keys: [], inObject: [], expectsKey: false, end: 0 };
  const held = heldBytes();
  const missing = new Set(selectors.filter((selector) => selector.literalParent !== null));
  let found: JsonMember[] = [];
  let count = 0;
  /** Depth of the outermost container that is to be yielded. */
  let openDepth: number | null = null;
  const parser = new JSONParser({ paths: [...texts], keepStack: false });

  parser.onToken = ({ token, value, offset }) => {
    const opened = advance(position, token, value, offset);
    if (!opened) return;
    const depth = position.inObject.length - 1;
    if (depth >= (limits.limitDepth ?? LIMIT_DEPTH))
      throw new FeedError('too-large', `${what}: nested deeper than ${limits.limitDepth ?? LIMIT_DEPTH}`);
    for (const selector of missing) if (selector.isLiteralParent(position.keys, depth)) missing.delete(selector);
    if (openDepth === null && selectorOf(selectors, position.keys, depth) !== null) openDepth = depth;
  };
  parser.onValue = ({ value, key, stack }) => {
    const depth = stack.length;
    const path = [...position.keys.slice(0, Math.max(depth - 1, 0)), ...(key === undefined ? [] : [key])];
    const selector = selectorOf(selectors, path, depth);
    if (selector === null) return;
    count += 1;
    if (count > limitRecords) throw new FeedError('too-large', `${what}: more than ${limitRecords} records`);
    const container = typeof value === 'object' && value !== null;
    const sha256 = container
      ? held.sha256(position.starts[depth] ?? 0, position.end)
      : createHash('sha256').update(JSON.stringify(value)).digest('hex');
    if (openDepth === depth) openDepth = null;
    found.push({ selector: selector.text, path, value, sha256 });
  };

  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (error instanceof FeedError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new FeedError('malformed', `${what}: not the JSON that was expected: ${reason.slice(0, 200)}`, {
        cause: error,
      });
    }
  };
  return {
    write(piece: Uint8Array): readonly JsonMember[] {
      held.add(piece);
      guarded(() => parser.write(piece));
      if (held.end() - position.end > stringLimitBytes)
        throw new FeedError('too-large', `${what}: a value is longer than ${stringLimitBytes} bytes`);
      const openStart = openDepth === null ? held.end() : (position.starts[openDepth] ?? 0);
      if (held.end() - openStart > recordLimitBytes)
        throw new FeedError('too-large', `${what}: a record is longer than ${recordLimitBytes} bytes`);
      held.keepFrom(openStart);
      const members = found;
      found = [];
      return members;
    },
    end(): void {
      // After a complete document only white space was let through; before, `end` says what is missing.
      if (!parser.isEnded) guarded(() => parser.end());
      const [absent] = missing;
      if (absent !== undefined)
        throw new FeedError('malformed', `${what}: has no object or list at ${absent.literalParent ?? ''}`);
    },
  };
}

function selectorOf(selectors: readonly JsonSelector[], path: JsonPath, depth: number): JsonSelector | null {
  for (const selector of selectors) if (selector.matches(path, depth)) return selector;
  return null;
}

/** Follows the tokens: where we are. True: the token opened a container. The grammar is the parser's business. */
function advance(position: Position, token: TokenType, value: unknown, offset: number): boolean {
  const { starts, keys, inObject } = position;
  const last = inObject.length - 1;
  // Long enough for what it is used for: closing brackets, and how long no token has come.
  position.end = offset + 1;
  switch (token) {
    case TokenType.LEFT_BRACE:
    case TokenType.LEFT_BRACKET:
      starts[last + 1] = offset;
      inObject.push(token === TokenType.LEFT_BRACE);
      keys[last + 1] = token === TokenType.LEFT_BRACE ? '' : 0;
      position.expectsKey = token === TokenType.LEFT_BRACE;
      return true;
    case TokenType.RIGHT_BRACE:
    case TokenType.RIGHT_BRACKET:
      // Its start stays readable until the next container opens at this depth.
      inObject.pop();
      keys.length = Math.max(last, 0);
      position.expectsKey = false;
      return false;
    case TokenType.COMMA: {
      const key = keys[last];
      if (inObject[last] === true) position.expectsKey = true;
      else if (typeof key === 'number') keys[last] = key + 1;
      return false;
    }
    case TokenType.STRING:
      if (position.expectsKey && typeof value === 'string') keys[last] = value;
      position.expectsKey = false;
      return false;
    default:
      return false;
  }
}

/** The bytes of the document that a hash may still be asked for. */
function heldBytes() {
  let pieces: { readonly offset: number; readonly bytes: Uint8Array; readonly copied: boolean }[] = [];
  let end = 0;
  return {
    add(bytes: Uint8Array): void {
      pieces.push({ offset: end, bytes, copied: false });
      end += bytes.byteLength;
    },
    end: () => end,
    keepFrom(start: number): void {
      // Copied: the source may use its buffer again.
      pieces = pieces
        .filter(({ offset, bytes }) => offset + bytes.byteLength > start)
        .map((piece) => (piece.copied ? piece : { offset: piece.offset, bytes: piece.bytes.slice(), copied: true }));
    },
    sha256(from: number, to: number): string {
      const hash = createHash('sha256');
      for (const { offset, bytes } of pieces)
        if (offset < to && offset + bytes.byteLength > from)
          hash.update(bytes.subarray(Math.max(from - offset, 0), to - offset));
      return hash.digest('hex');
    },
  };
}
