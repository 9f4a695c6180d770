import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentFault } from '../../model/index.ts';
import { readXml, type XmlVisitor } from './read-xml.ts';

function collector(): XmlVisitor<string> {
  let found: string[] = [];
  return {
    open: (name, attributes, depth) => found.push(`${depth}<${name} ${JSON.stringify(attributes)}`),
    close: (name, text, depth) => found.push(`${depth}>${name} ${text}`),
    take() {
      const taken = found;
      found = [];
      return taken;
    },
  };
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function* repeated(start: string, middle: string, times: number): Generator<Uint8Array> {
  yield Buffer.from(start);
  for (let i = 0; i < times; i += 1) yield Buffer.from(middle);
}

async function* asynchronous<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const item of readXml(chunks, 'x.xml', collector())) found.push(item);
  return found;
}

describe('reading XML', () => {
  test.each([1, 3, 1000])('elements come in order, with text of their own, in pieces of %i bytes', async (size) => {
    const xml =
      '<?xml version="1.0" encoding="UTF-8"?><m xmlns:rpm="r"><a k="ü&amp;"> x<![CDATA[<y>]]> </a><rpm:b/><!-- c --></m>';
    expect(await all(pieces(Buffer.from(xml), size))).toEqual([
      '1<m {"xmlns:rpm":"r"}',
      '2<a {"k":"ü&"}',
      '2>a x<y>',
      '2<b {}',
      '2>b ',
      '1>m ',
    ]);
  });

  test.each([
    ['a document type', '<!DOCTYPE m><m/>', 'unsupported'],
    ['entities of its own', '<!DOCTYPE m [<!ENTITY a "b">]><m>&a;</m>', 'unsupported'],
    [
      'a billion laughs',
      '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><m>&c;</m>',
      'unsupported',
    ],
    ['an external entity', '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><m>&a;</m>', 'unsupported'],
    ['an entity that nothing declares', '<m>&a;</m>', 'malformed'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><m/>', 'unsupported'],
    ['nesting without end', '<m>'.repeat(33), 'too-large'],
    ['a cut end', '<m><a></a>', 'malformed'],
    ['two roots', '<m/><m/>', 'malformed'],
    ['nothing', '', 'malformed'],
    ['an error page', '<html><body><p>Sorry<br></body></html>', 'malformed'],
  ])('refuses %s', async (_title, xml, code) => {
    await expect(all(pieces(Buffer.from(xml), 7))).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test('refuses what is not UTF-8', async () => {
    const bytes = Buffer.from('<m>ü</m>', 'latin1');
    await expect(all(pieces(bytes, 100))).rejects.toMatchObject({ code: 'malformed' });
  });

  test.each([
    ['a text', '<m>', 'x'.repeat(60_000)],
    ['an attribute', '<m a="', 'x'.repeat(60_000)],
    ['a name', '<m', 'x'.repeat(60_000)],
    ['a comment', '<m><!--', 'x'.repeat(60_000)],
    ['a section', '<m><![CDATA[', 'x'.repeat(60_000)],
    ['a processing instruction', '<m><?x ', 'x'.repeat(60_000)],
    ['text between sections', '<m>', `<![CDATA[${'x'.repeat(60_000)}]]>`],
  ])('refuses %s without end before it has grown large', async (_title, start, middle) => {
    await expect(all(asynchronous(repeated(start, middle, 100)))).rejects.toMatchObject({ code: 'too-large' });
  });

  test('refuses an element with attributes without end', async () => {
    const many = Array.from({ length: 65 }, (_, i) => ` a${i}="x"`).join('');
    await expect(all(pieces(Buffer.from(`<m${many}/>`), 1000))).rejects.toMatchObject({ code: 'too-large' });
  });

  test('whatever comes, nothing but a ContentFault is thrown', async () => {
    const parts = fc.constantFrom(
      '<m>',
      '</m>',
      '<a b="',
      '"',
      '>',
      '/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '&',
      ';',
      '\0',
      'ü',
      '<?',
      '?>',
      '<!',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (chosen, size) => {
        try {
          await all(pieces(Buffer.from(chosen.join('')), size));
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
