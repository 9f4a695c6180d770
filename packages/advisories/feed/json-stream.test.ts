import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonMembers, type JsonLimits, type JsonMember } from './json-stream.ts';

const LIMITS: JsonLimits = { what: 'a test', limitRecords: 1_000 };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The text as a stream of chunks of the given size, in a buffer that is used again. */
async function* inChunks(text: string | Buffer, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = Math.min(size, bytes.length - at);
    buffer.set(bytes.subarray(at, at + length));
    yield buffer.subarray(0, length);
  }
}

async function read(text: string | Buffer, selectors: readonly string[], limits = {}, size = 7): Promise<JsonMember[]> {
  return await Array.fromAsync(jsonMembers(inChunks(text, size), selectors, { ...LIMITS, ...limits }));
}

describe('members of a document', () => {
  const text = ' { "v" : [ {"id":"é1"} , {"id":2, "deep":{"a":[1]}} ], "other":{"v":[9]}, "count": 12.50 }\n';

  it('come one by one in its order, with their path and the hash of their own bytes', async () => {
    expect(await read(text, ['$.v.*', '$.count'])).toEqual([
      { selector: '$.v.*', path: ['v', 0], value: { id: 'é1' }, sha256: sha256('{"id":"é1"}') },
      {
        selector: '$.v.*',
        path: ['v', 1],
        value: { id: 2, deep: { a: [1] } },
        sha256: sha256('{"id":2, "deep":{"a":[1]}}'),
      },
      { selector: '$.count', path: ['count'], value: 12.5, sha256: sha256('12.5') },
    ]);
  });

  it('are the same however the bytes are cut', async () => {
    const whole = await read(text, ['$.v.*'], {}, 1_000);
    for (let size = 1; size < 20; size += 1) expect(await read(text, ['$.v.*'], {}, size)).toEqual(whole);
  });

  it('are those that JSON.parse finds, with the bytes that they came in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.integer({ min: 1, max: 40 }), async (list, size) => {
        const members = await read(JSON.stringify(list), ['$.*'], {}, size);
        expect(members.map(({ value }) => value)).toEqual(JSON.parse(JSON.stringify(list)));
        expect(members.map(({ sha256 }) => sha256)).toEqual(list.map((value) => sha256(JSON.stringify(value))));
        expect(members.map(({ path }) => path)).toEqual(list.map((_, index) => [index]));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('may be below keys of any name', async () => {
    const found = await read('{"a":{"x":{"n":1}},"b":{"y":{"n":2}},"c":[]}', ['$.*.*']);
    expect(found.map(({ path }) => path)).toEqual([
      ['a', 'x'],
      ['b', 'y'],
    ]);
  });

  it('named like parts of a prototype are properties like any other', async () => {
    const found = await read('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":3}', [
      '$.*',
    ]);
    expect(found.map(({ path }) => path)).toEqual([['__proto__'], ['constructor'], ['toString']]);
    expect(found[0]?.value).toEqual({ polluted: 1 });
    expect(Object.getPrototypeOf(found[0]?.value)).toBe(Object.prototype);
    const [inner] = await read('[{"__proto__":{"polluted":1}}]', ['$.*']);
    expect(Object.getPrototypeOf(inner?.value)).toBe(Object.prototype);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('a document that is not as expected', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['a scalar', '3'],
    ['no end', '[{"a":1}'],
    ['an end inside of a string', '[{"a":"1'],
    ['something after the end', '[1] x'],
    ['a second document', '[1]\n[2]'],
    ['a wrong bracket', '[{"a":1]]'],
    ['a comma too many', '[1,]'],
    ['a page in HTML', '<html></html>'],
    ['bytes of an archive', 'PK\u0003\u0004'],
    ['a bare word', '[NaN]'],
  ])('is malformed: %s', async (_, text) => {
    await expect(read(text, ['$.*'])).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
  });

  it('is malformed: another list than the one that was named', async () => {
    await expect(read('{"error":"later"}', ['$.items.*'])).rejects.toMatchObject({ code: 'malformed' });
    await expect(read('{"items":null}', ['$.items.*'])).rejects.toMatchObject({ code: 'malformed' });
    expect(await read('{"items":[]}', ['$.items.*'])).toEqual([]);
  });

  it.each([
    ['nesting', `${'['.repeat(100)}`, { limitDepth: 50 }],
    ['records', '[1,2,3,4]', { limitRecords: 3 }],
    ['a string', `["${'x'.repeat(200_000)}"]`, { stringLimitBytes: 100_000 }],
    ['a name', `{"${'x'.repeat(200_000)}":1}`, { stringLimitBytes: 100_000 }],
    ['a number', `[${'1'.repeat(200_000)}]`, { stringLimitBytes: 100_000 }],
    ['white space', `[${' '.repeat(200_000)}]`, { stringLimitBytes: 100_000 }],
    ['a record', `[{"a":[${'1,'.repeat(100_000)}1]}]`, { recordLimitBytes: 100_000 }],
  ])('is too large: %s', async (_, text, limits) => {
    await expect(read(text, ['$.*'], limits, 4_096)).rejects.toMatchObject({ name: 'FeedError', code: 'too-large' });
  });

  it('yields members or a FeedError for any bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .string({ unit: fc.constantFrom('[', ']', '{', '}', '"', ',', ':', '1', 'a', ' ', '\\', 'true') })
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        try {
          const found = await read(Buffer.from(input), ['$.*']);
          const whole: unknown = JSON.parse(new TextDecoder('utf-8').decode(input));
          expect(found.map(({ value }) => value)).toEqual(Object.values(whole as object));
        } catch (error) {
          expect(error).toMatchObject({ name: 'FeedError' });
        }
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });
});

describe('memory', () => {
  it('stays far below the size of the document', async () => {
    const record = `"${'k'.repeat(20)}%":{"description":"${'some words '.repeat(60)}","releases":{"a":{"status":"open"}}}`;
    let bytes = 0;
    async function* large(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"first":1');
      for (let index = 0; index < 95_000; index += 1) {
        const piece = Buffer.from(`,${record.replace('%', String(index))}`);
        bytes += piece.length;
        yield piece;
      }
      yield Buffer.from('}');
    }
    const before = process.memoryUsage().rss;
    let most = 0;
    let count = 0;
    for await (const _ of jsonMembers(large(), ['$.*'], { what: 'a test', limitRecords: 100_000 })) {
      count += 1;
      if (count % 5_000 === 0) most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(count).toBe(95_001);
    expect(bytes).toBeGreaterThan(70_000_000);
    expect(most).toBeLessThan(150_000_000);
  });
});
