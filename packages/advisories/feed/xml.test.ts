import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FeedError } from './feed-error.ts';
import { textOf, xmlRecords, type XmlLimits, type XmlRecord } from './xml.ts';

const LIMITS: XmlLimits = { what: 'a test', limitRecords: 100 };

async function* cut(text: string | Uint8Array, bytes = 7): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) yield new Uint8Array(all.subarray(at, at + bytes));
}

async function read(text: string | Uint8Array, limits: Partial<XmlLimits> = {}, bytes = 7): Promise<XmlRecord[]> {
  const records: XmlRecord[] = [];
  for await (const record of xmlRecords(cut(text, bytes), ['update'], { ...LIMITS, ...limits })) records.push(record);
  return records;
}

const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
    return 'read';
  } catch (error) {
    return error instanceof FeedError ? error.code : error;
  }
};

describe('xmlRecords', () => {
  const one = '<u:update kind="a&amp;b" u:n="1"><id>X-1</id>  text <![CDATA[<raw>]]><!-- no --></u:update>';
  const document = `<?xml version="1.0" encoding="UTF-8"?>\n<updates xmlns:u="urn:u"><other>é</other>\r\n${one}\n<update/></updates>`;

  it.each([1, 2, 7, 64, 10_000])(
    'yields the elements of interest, however the bytes are cut (%i at a time)',
    async (bytes) => {
      const records = await read(document, {}, bytes);
      expect(records.map(({ element }) => element.name)).toEqual(['update', 'update']);
      const [first] = records;
      expect([...(first?.element.attributes ?? [])]).toEqual([
        ['kind', 'a&b'],
        ['n', '1'],
      ]);
      expect(textOf(first?.element, 'id')).toBe('X-1');
      expect(first?.element.text).toBe('  text <raw>');
      expect(first?.sha256).toBe(createHash('sha256').update(one).digest('hex'));
    },
  );

  it.each([
    [
      'entities of its own',
      '<!DOCTYPE updates [<!ENTITY a "b">]><updates><update>&a;</update></updates>',
      'unsupported',
    ],
    ['external entities', '<!DOCTYPE u SYSTEM "file:///etc/passwd"><updates/>', 'unsupported'],
    ['an entity that nobody defined', '<updates><update>&lol;</update></updates>', 'malformed'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><updates/>', 'unsupported'],
    ['an end too early', '<updates><update><id>X', 'malformed'],
    ['two roots', '<a></a><updates/>', 'malformed'],
    ['nothing', '', 'malformed'],
    ['text', 'hello', 'malformed'],
  ])('refuses %s', async (_what, text, code) => {
    expect(await codeOf(read(text))).toBe(code);
  });

  it('refuses bytes that are no UTF-8', async () => {
    expect(await codeOf(read(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xfe])))).toBe('malformed');
  });

  it.each([
    ['depth', '<a>'.repeat(65), {}],
    ['a text', `<updates><update>${'x'.repeat(300)}`, { textLimitCharacters: 100 }],
    ['an attribute', `<updates><update a="${'x'.repeat(300)}`, { textLimitCharacters: 100 }],
    ['a comment', `<updates><!-- ${'x'.repeat(300)}`, { textLimitCharacters: 100 }],
    ['a record', `<updates><update>${'<a/>'.repeat(300)}`, { recordLimitCharacters: 100 }],
    ['records', `<updates>${'<update/>'.repeat(11)}</updates>`, { limitRecords: 10 }],
    ['attributes', `<updates><update ${Array.from({ length: 300 }, (_x, i) => `a${i}="1"`).join(' ')}/></updates>`, {}],
  ])('stops at the limit for %s', async (_what, text, limits) => {
    expect(await codeOf(read(text, limits))).toBe('too-large');
  });

  it('has no names that touch prototypes', async () => {
    const [record] = await read('<u><update __proto__="1" constructor="2"><__proto__>3</__proto__></update></u>');
    expect(record?.element.attributes.get('__proto__')).toBe('1');
    expect(textOf(record?.element, '__proto__')).toBe('3');
  });

  it('answers any bytes with records or a FeedError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(['read', 'malformed', 'too-large', 'unsupported']).toContain(await codeOf(read(bytes)));
      }),
      { numRuns: 200 },
    );
  });
});
