/** Attributes of a CPE name in the order of the formatted string (NISTIR 7695, 6.2). */
const ATTRIBUTES = [
  'part',
  'vendor',
  'product',
  'version',
  'update',
  'edition',
  'language',
  'swEdition',
  'targetSw',
  'targetHw',
  'other',
] as const;
export type CpeAttribute = (typeof ATTRIBUTES)[number];

/** Longest name that is looked at: the dictionary's longest has about 200 characters. */
const LIMIT_CHARACTERS = 512;

/** A CPE name, unescaped and in lower case. Null: any value; `-`: not applicable. */
export type CpeName = Readonly<Record<CpeAttribute, string | null>> & {
  /** Attributes with `*` or `?` inside of a value: a pattern, not a value. */
  readonly patterns: readonly CpeAttribute[];
};

/**
 * Reads a CPE 2.3 formatted string (`cpe:2.3:o:cisco:ios:15.2\(4\)m:*:…`) or a CPE 2.2 URI (`cpe:/o:redhat:rhel_eus:9.2`,
 * NISTIR 7695, 6.1). Null: neither, or without vendor and product.
 */
export function parseCpe(text: string): CpeName | null {
  if (text.length > LIMIT_CHARACTERS) return null;
  if (text.startsWith('cpe:2.3:')) return fromFormatted(text.slice('cpe:2.3:'.length));
  return text.startsWith('cpe:/') ? fromUri(text.slice('cpe:/'.length)) : null;
}

function fromFormatted(body: string): CpeName | null {
  const parts = splitUnescaped(body);
  if (parts.length !== ATTRIBUTES.length) return null;
  const values = parts.map((part): Value => {
    if (part === '*') return { text: null, pattern: false };
    if (part === '-') return { text: '-', pattern: false };
    return unescaped(part);
  });
  return named(values);
}

interface Value {
  readonly text: string | null;
  readonly pattern: boolean;
}

function splitUnescaped(body: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < body.length; at += 1) {
    if (body[at] === '\\') at += 1;
    else if (body[at] === ':') {
      parts.push(body.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(body.slice(start));
  return parts;
}

function unescaped(part: string): Value {
  let text = '';
  let pattern = false;
  for (let at = 0; at < part.length; at += 1) {
    const character = part[at] ?? '';
    if (character === '\\') {
      at += 1;
      text += part[at] ?? '';
    } else {
      if (character === '*' || character === '?') pattern = true;
      text += character;
    }
  }
  return { text: text.toLowerCase(), pattern };
}

function fromUri(body: string): CpeName | null {
  const parts = body.split(':');
  if (parts.length > 7) return null;
  const [part = '', vendor = '', product = '', version = '', update = '', edition = '', language = ''] = parts;
  // 6.1.2.4: an edition that starts with a tilde packs five attributes.
  const packed = edition.startsWith('~') ? edition.split('~').slice(1) : [edition];
  const [legacy = '', swEdition = '', targetSw = '', targetHw = '', other = ''] = packed;
  const values = [part, vendor, product, version, update, legacy, language, swEdition, targetSw, targetHw, other];
  const decoded: Value[] = [];
  for (const value of values) {
    const text = percentDecoded(value);
    if (text === null) return null;
    decoded.push(text);
  }
  return named(decoded);
}

function percentDecoded(value: string): Value | null {
  if (value === '') return { text: null, pattern: false };
  if (/%(?![0-9a-f]{2})/i.test(value)) return null;
  // 6.1.2.3: %01 and %02 stand for the wildcards.
  const pattern = /%0[12]/.test(value);
  const text = value.replace(/%[0-9a-f]{2}/gi, (code) => {
    if (code === '%01') return '?';
    return code === '%02' ? '*' : String.fromCodePoint(Number.parseInt(code.slice(1), 16));
  });
  return { text: text.toLowerCase(), pattern };
}

function named(values: readonly Value[]): CpeName | null {
  const at = (index: number): string | null => values[index]?.text ?? null;
  const [part, vendor, product] = [at(0), at(1), at(2)];
  if (part !== 'a' && part !== 'o' && part !== 'h') return null;
  if (vendor === null || product === null || vendor === '' || product === '') return null;
  return {
    part,
    vendor,
    product,
    version: at(3),
    update: at(4),
    edition: at(5),
    language: at(6),
    swEdition: at(7),
    targetSw: at(8),
    targetHw: at(9),
    other: at(10),
    patterns: ATTRIBUTES.filter((_attribute, index) => values[index]?.pattern === true),
  };
}

/**
 * The name under which a claim of namespace `cpe` is kept: `vendor:product`, unescaped and in lower case; a colon inside
 * of one of them is written `\:`. The part (a, o, h) is not in it: one vendor has one product of a name.
 */
export function cpeProductName(cpe: Pick<CpeName, 'vendor' | 'product'>): string {
  return `${(cpe.vendor ?? '').replaceAll(':', '\\:')}:${(cpe.product ?? '').replaceAll(':', '\\:')}`;
}
