import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument, type ParsedNode } from 'yaml';
import { problemAt, shown, type Finding, type Path } from '../document/finding.ts';

/** A value of JSON, and where each part of it stands in the text. */
export type ReadYaml =
  | { readonly ok: true; readonly value: unknown; readonly offsets: Offsets }
  | { readonly ok: false; readonly finding: Finding; readonly offset: number };

/** By path (see `pathKey`): where the key stands, and where what it holds begins. */
export type Offsets = ReadonlyMap<string, { readonly key: number; readonly value: number }>;

/** A policy has about a thousand; what is nested or broken in a hostile way costs the parser time by the square of it. */
const MAX_TOKENS = 40_000;
const MESSAGE_CHARACTERS = 300;
/** A policy is seven deep. */
const MAX_DEPTH = 24;

/**
 * A text in the part of YAML 1.2 that JSON could say too (core schema): one document, keys are texts and written once, no anchors, aliases,
 * tags or merge keys, because what they do to a policy a reader can't see. Never throws.
 */
export function readYaml(text: string): ReadYaml {
  if (hasTooManyTokens(text)) return refused('it has too many parts to be a policy', 0);
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    stringKeys: true,
    // Ours is linear; the library compares each key with every other.
    uniqueKeys: false,
    prettyErrors: false,
    // With `silent` the library takes the first of several documents and says nothing of the others.
    logLevel: 'error',
  });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) return refused(inOurWords(error.code, error.message), error.pos[0]);
  if (document.contents === null) return refused('there is nothing in it', 0);
  const offsets = new Map<string, { key: number; value: number }>();
  try {
    return { ok: true, value: valueOf(document.contents, [], offsets, document.contents.range[0]), offsets };
  } catch (thrown) {
    if (thrown instanceof NotPlain) return refused(thrown.message, thrown.offset);
    throw thrown;
  }
}

export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** Lines and columns of offsets, both from 1. */
export function lineCounterOf(text: string): (offset: number) => { readonly line: number; readonly column: number } {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) counter.addNewLine(at + 1);
  return (offset) => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
}

class NotPlain extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

function valueOf(
  node: ParsedNode,
  path: Path,
  offsets: Map<string, { key: number; value: number }>,
  keyAt: number,
): unknown {
  const at = node.range[0];
  offsets.set(pathKey(path), { key: keyAt, value: at });
  if (path.length > MAX_DEPTH) throw new NotPlain('it is nested too deeply', at);
  if (isAlias(node) || node.anchor !== undefined)
    throw new NotPlain('anchors and aliases (& and *) are not possible; write it out', at);
  if (node.tag !== undefined) throw new NotPlain('tags (!) are not possible; leave it out', at);
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item, index) => valueOf(item, [...path, index], offsets, item.range[0]));
  if (!isMap(node)) throw new NotPlain('this is no YAML that JSON could say too', at);
  const entries = new Map<string, unknown>();
  for (const { key, value } of node.items) {
    const start = key.range[0];
    const name = isScalar(key) && key.anchor === undefined && key.tag === undefined ? key.value : null;
    if (typeof name !== 'string') throw new NotPlain('a key has to be a plain text', start);
    if (entries.has(name)) throw new NotPlain(`${shown(name)} is there twice`, start);
    const inner = [...path, name];
    if (value === null) offsets.set(pathKey(inner), { key: start, value: start });
    entries.set(name, value === null ? null : valueOf(value, inner, offsets, start));
  }
  return Object.fromEntries(entries);
}

function refused(message: string, offset: number): ReadYaml {
  return { ok: false, finding: problemAt([], message), offset };
}

function hasTooManyTokens(text: string): boolean {
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_TOKENS) return true;
  }
  return false;
}

/** The library's messages speak to who knows YAML's grammar. */
function inOurWords(code: string, message: string): string {
  switch (code) {
    case 'RESOURCE_EXHAUSTION':
      return 'it is nested too deeply';
    case 'TAB_AS_INDENT':
      return 'a tab indents this line; use spaces';
    case 'MULTIPLE_DOCS':
      return 'there is more than one document; write one';
    case 'NON_STRING_KEY':
      return 'a key has to be a plain text';
    case 'TAG_RESOLVE_FAILED':
      return 'tags (!) are not possible; leave it out';
    default:
      // It may cite what is in the text.
      return `this is no YAML: ${message.slice(0, MESSAGE_CHARACTERS).toWellFormed().replaceAll('\0', '')}`;
  }
}
