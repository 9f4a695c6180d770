import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { SBOM_LIMITS, SbomError } from './reader.ts';

/** UTF-8 text of a file, or with `cut` of its beginning. @throws SbomError `too-large`, `malformed` */
export function textOf(bytes: Uint8Array, path: string, cut = false): string {
  if (bytes.byteLength > SBOM_LIMITS.fileBytes)
    throw new SbomError('too-large', `${path} has more than ${SBOM_LIMITS.fileBytes} bytes`);
  try {
    // A piece may end in the middle of a letter.
    return new TextDecoder('utf-8', { fatal: !cut }).decode(bytes);
  } catch (cause) {
    throw new SbomError('malformed', `${path} is not UTF-8 text`, { cause });
  }
}

export function jsonOf(bytes: Uint8Array, path: string): Node {
  return parsed(path, 'JSON', () => JSON.parse(textOf(bytes, path)) as unknown);
}

/** With `maxAliasCount` against documents that multiply themselves. */
export function yamlOf(bytes: Uint8Array, path: string): Node {
  return parsed(
    path,
    'YAML',
    () => parseYaml(textOf(bytes, path), { maxAliasCount: 100, logLevel: 'silent' }) as unknown,
  );
}

export function tomlOf(bytes: Uint8Array, path: string): Node {
  return parsed(path, 'TOML', () => parseToml(textOf(bytes, path)) as unknown);
}

function parsed(path: string, format: string, parse: () => unknown): Node {
  try {
    return new Node(parse());
  } catch (cause) {
    if (cause instanceof SbomError) throw cause;
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new SbomError('malformed', `${path} is not ${format}: ${why}`.slice(0, 500), { cause });
  }
}

/** A value of a foreign document, asked for what it should be: what is of another kind is simply not there. */
export class Node {
  readonly #value: unknown;
  constructor(value: unknown) {
    this.#value = value;
  }
  get(key: string): Node {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return new Node(undefined);
    return new Node((value as Record<string, unknown>)[key]);
  }
  get exists(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }
  get text(): string | null {
    return typeof this.#value === 'string' ? this.#value : null;
  }
  get number(): number | null {
    return typeof this.#value === 'number' ? this.#value : null;
  }
  get isTrue(): boolean {
    return this.#value === true;
  }
  get items(): readonly Node[] {
    return Array.isArray(this.#value) ? this.#value.map((each) => new Node(each)) : [];
  }
  get members(): readonly (readonly [string, Node])[] {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.entries(value).map(([key, each]) => [key, new Node(each)] as const);
  }
}
