import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
let cookie: string;
beforeAll(async () => {
  fleet = await startTestFleet();
  cookie = await fleet.signIn();
});
afterAll(() => fleet.stop());

test.each([
  [
    'aliases that multiply',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map(
        (key, index) =>
          `${key}: &${key} [${Array(9)
            .fill(`*${'abcdefghij'[index] ?? ''}`)
            .join(',')}]`,
      )
      .join('\n')}\n`,
  ],
  ['nesting without end', '['.repeat(100_000)],
  ['a long list', `format: 1\nname: web\nscope: {groups: [${'a, '.repeat(80_000)}]}\n`],
  ['a prototype', '__proto__: {format: 1}\nformat: 1\nname: web\n'],
  ['two documents', 'format: 1\nname: web\n---\nformat: 1\nname: web\n'],
  ['a tag', 'format: 1\nname: !!js/function "x"\n'],
  ['bytes', '\u0007\u0001\u0002'],
  ['a name of another kind', 'format: 1\nname: [web]\n'],
])('422: hostile text: %s', async (_, text) => {
  expect(await fleet.call('POST', '/policies', { text })).toMatchObject({
    status: 422,
    json: { code: 'policy-invalid' },
  });
});

test.each([
  ['deep', JSON.parse(`${'[1,'.repeat(30)}1${']'.repeat(30)}`) as unknown],
  ['null', null],
  ['a text', 'format: 1'],
  ['a number', 7],
  ['wide', Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, index]))],
])('422: hostile document: %s', async (_, document) => {
  expect(await fleet.call('POST', '/policies', { document })).toMatchObject({ status: 422 });
});

test.each([
  ['arrays', 1, '['.repeat(200_000), ']'.repeat(200_000)],
  ['objects', 1, '{"a":'.repeat(100_000), '}'.repeat(100_000)],
])('nesting without end is the sender’s fault: %s', async (_, inner, open, close) => {
  const reply = await fetch(`${fleet.url}/api/v1/policies`, {
    method: 'POST',
    headers: { cookie, origin: fleet.url, 'content-type': 'application/json' },
    body: `{"document": ${open}${inner}${close}}`,
  });
  expect([400, 422]).toContain(reply.status);
});

test('the server logged no failure of its own', () => {
  expect(fleet.errors).toEqual([]);
});
