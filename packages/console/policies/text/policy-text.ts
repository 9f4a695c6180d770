import { isCollection, isMap, isSeq, parseDocument, type Document } from 'yaml';

/** Where something is in a policy: `['rings', 1, 'soak']`. */
export type FieldPath = readonly (string | number)[];

const ALIASES = 50;

/** A policy's text as plain values, or null: it can't be read as YAML, or is no policy at all. */
export function readText(text: string): Readonly<Record<string, unknown>> | null {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  try {
    // Bounded: a text may say "repeat this" very often in few characters.
    return document.toJS({ maxAliasCount: ALIASES }) as Record<string, unknown>;
  } catch {
    return null;
  }
}

export function valueAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>(
    (within, key) =>
      typeof within === 'object' && within !== null ? (within as Record<string | number, unknown>)[key] : undefined,
    value,
  );
}

/** The text with one value changed, or left out (`undefined`). Comments and everything else stay as they were written. */
export function withValue(text: string, path: FieldPath, value: unknown): string {
  const document = parseDocument(text);
  if (value === undefined) removeIn(document, path);
  else setIn(document, path, value);
  return print(document);
}

/** The text with an item of a list moved to another place. */
export function withItemMoved(text: string, path: FieldPath, from: number, to: number): string {
  const document = parseDocument(text);
  const list = document.getIn(path);
  if (isSeq(list)) list.items.splice(to, 0, ...list.items.splice(from, 1));
  return print(document);
}

/** `rings[1].soak`, as problems name it. */
export function pathInWords(path: FieldPath): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}

function setIn(document: Document.Parsed, path: FieldPath, value: unknown): void {
  // A key without a value (`scope:`), or a plain word, holds nothing to set something in.
  for (let length = 1; length < path.length; length += 1) {
    const parent = path.slice(0, length);
    if (document.hasIn(parent) && !isCollection(document.getIn(parent))) document.deleteIn(parent);
  }
  document.setIn([...path], typeof value === 'object' ? document.createNode(value) : value);
}

/** What nothing is left in goes too: `scope: {}` would read as if something were said. */
function removeIn(document: Document.Parsed, path: FieldPath): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  const parent = path.slice(0, -1);
  const rest = parent.length === 0 ? undefined : document.getIn(parent);
  if (isCollection(rest) && rest.items.length === 0) removeIn(document, parent);
}

function print(document: Document.Parsed): string {
  // A document in braces is JSON, or as good as.
  if (isMap(document.contents) && document.contents.flow === true)
    return `${JSON.stringify(document.toJS(), undefined, 2)}\n`;
  return document.toString({ lineWidth: 0 });
}
