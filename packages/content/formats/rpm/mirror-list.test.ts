import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentFault } from '../../model/index.ts';
import { readMirrorList } from './mirror-list.ts';

const METALINK = `<?xml version="1.0" encoding="utf-8"?>
<metalink version="3.0" xmlns="http://www.metalinker.org/" xmlns:mm0="http://fedorahosted.org/mirrormanager">
 <files>
  <file name="repomd.xml">
   <mm0:timestamp>1700000000</mm0:timestamp>
   <verification><hash type="sha256">${'a'.repeat(64)}</hash></verification>
   <resources maxconnections="1">
    <url protocol="rsync" type="rsync" location="DE" preference="100">rsync://a.example/x/repodata/repomd.xml</url>
    <url protocol="https" type="https" location="DE" preference="90">https://second.example/x/repodata/repomd.xml</url>
    <url protocol="http" type="http" location="DE" preference="99">http://last.example/x/repodata/repomd.xml</url>
    <url protocol="https" type="https" location="DE" preference="98">https://first.example/x/repodata/repomd.xml</url>
   </resources>
  </file>
  <file name="other.xml"><resources><url preference="100">https://other.example/x/repodata/repomd.xml</url></resources></file>
 </files>
</metalink>`;

const read = async (text: string): Promise<readonly string[]> =>
  (await readMirrorList(Buffer.from(text))).map(({ href }) => href);

describe('a mirror list', () => {
  test('is an address a line; https comes first, each once', async () => {
    const text =
      '# comment\r\nhttp://b.example/os/\r\n\nhttps://a.example/os\nhttps://a.example/os/\nrsync://c.example/os/\nhttps://c.example/?a=/\nhttps://user@e.example/\nhttps://user:secret@d.example/\n';
    expect(await read(text)).toEqual(['https://a.example/os/', 'http://b.example/os/']);
  });

  test('may be a metalink, whose addresses of repomd.xml come by preference', async () => {
    expect(await read(METALINK)).toEqual([
      'https://first.example/x/',
      'https://second.example/x/',
      'http://last.example/x/',
    ]);
  });

  test('may be a metalink of RFC 5854, where 1 is best', async () => {
    const text =
      '<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="repomd.xml"><url priority="2">https://b.example/repodata/repomd.xml</url><url priority="1">https://a.example/repodata/repomd.xml</url></file></metalink>';
    expect(await read(text)).toEqual(['https://a.example/', 'https://b.example/']);
  });

  test('is cut after sixteen', async () => {
    const text = Array.from({ length: 100 }, (_, i) => `https://m${i}.example/`).join('\n');
    expect(await read(text)).toEqual(Array.from({ length: 16 }, (_, i) => `https://m${i}.example/`));
  });

  test.each([
    ['nothing', '', 'malformed'],
    ['only other protocols', 'ftp://a.example/\nfile:///etc/\n', 'malformed'],
    ['an error page', '<html><body><p>no such list</body></html>', 'malformed'],
    [
      'a metalink of another file',
      METALINK.replace('name="repomd.xml"', 'name="x"').replaceAll('other.', 'o.'),
      'malformed',
    ],
    ['entities', `<!DOCTYPE metalink [<!ENTITY a "b">]>${METALINK.slice(38)}`, 'unsupported'],
    ['an address without end', `https://a.example/${'x'.repeat(3000)}`, 'malformed'],
  ])('is refused when it has %s', async (_title, text, code) => {
    await expect(read(text)).rejects.toMatchObject({ name: 'ContentFault', code });
  });

  test('whatever it is, only http and https addresses come out, or a ContentFault', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'https://a.example/@x',
        'HTTPS://A.example?q',
        '<',
        'file:///etc/passwd',
        'http://[::1',
        '\0',
        '//x/',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
        try {
          for (const address of await read(lines.join('\n')))
            expect(address).toMatch(/^https?:\/\/[^/@]+\/([^?#]*\/)?$/);
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('however a metalink is damaged, nothing but a ContentFault is thrown', async () => {
    const change = fc.tuple(fc.nat(METALINK.length - 1), fc.constantFrom('<', '>', '"', '&', '/', '\0', 'x'));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const characters = [...METALINK];
        for (const [at, character] of changes) characters[at] = character;
        try {
          expect((await read(characters.join(''))).length).toBeLessThanOrEqual(16);
        } catch (error) {
          expect(error).toBeInstanceOf(ContentFault);
        }
      }),
      { numRuns: 500 },
    );
  });
});
