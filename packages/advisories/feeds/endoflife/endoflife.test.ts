import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { endoflife } from './index.ts';
import { namespaceOfCycle } from './namespaces.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const read = (role: string, content: string) => readOffered(endoflife, { role, content });
const common = { kind: 'support', endsOn: null, extendedEndsOn: null, ended: false, latest: null, note: '' };

describe("the interface's answer", () => {
  it('is a fact per release, and one more under the namespace of a distribution', async () => {
    const { facts, faults } = await read('api', fixture('full.json'));
    const ubuntu = {
      ...common,
      title: "Ubuntu 24.04 'Noble Numbat' (LTS)",
      endsOn: '2029-04-25',
      extendedEndsOn: '2036-04-25',
      latest: '24.04.2',
    };
    expect(facts.map(({ body }) => body)).toEqual([
      { ...ubuntu, subject: 'product:ubuntu:24.04' },
      { ...ubuntu, subject: 'ubuntu:24.04' },
      { ...common, subject: 'product:big-ip:11.x', title: 'F5 BIG-IP 11.x', ended: true },
    ]);
    expect(faults).toEqual([
      { record: 'big-ip/12.x', reason: 'ends on no day: 2026-02-31' },
      { record: 'big-ip/2', reason: 'release is not understood: a field is missing or of another type' },
      { record: 'big-ip/11.x', reason: 'release is named twice' },
      { record: 'product 2', reason: 'is no product with its releases' },
      { record: 'product 3', reason: 'is no product with its releases' },
    ]);
  });

  it.each([
    ['has fewer products than it says', fixture('full.json').replace('"total": 4', '"total": 464'), 'malformed'],
    ['is an error', '{"message": "no"}', 'malformed'],
    ['has no product', '{"total": 0, "result": []}', 'malformed'],
    ['is cut', fixture('full.json').slice(0, 700), 'malformed'],
    ['is empty', '', 'malformed'],
  ])('is refused when it %s', async (_title, content, code) => {
    await expect(read('api', content)).rejects.toMatchObject({ name: 'FeedError', code });
  });
});

it("the project's sources say the same in another form", async () => {
  const { facts, faults } = await read('sources', fixture('products.json'));
  const branch = { ...common, title: 'FreeBSD 14', endsOn: '2028-11-30', latest: '14.4' };
  const amazon = { ...common, title: 'Amazon Linux 2018.03', ended: true, note: 'Extended support has ended.' };
  expect(facts.map(({ body }) => body)).toEqual([
    { ...branch, subject: 'product:freebsd:14' },
    { ...branch, subject: 'freebsd:14' },
    { ...common, subject: 'product:freebsd:14.1', title: 'FreeBSD 14.1', endsOn: '2025-03-31' },
    { ...amazon, subject: 'product:amazon-linux:2018.03' },
    { ...amazon, subject: 'amzn:1' },
  ]);
  expect(faults).toEqual([{ record: 'product constructor', reason: 'is no product with its releases' }]);
});

it('a document of another role is not understood', async () => {
  await expect(read('release-data', '{}')).rejects.toMatchObject({ code: 'unsupported' });
});

it.each([
  ['debian', '12', 'debian:12'],
  ['alpine-linux', '3.19', 'alpine:3.19'],
  ['rocky-linux', '9', 'rocky:9'],
  ['oracle-linux', '8', 'ol:8'],
  ['sles', '15.5', 'sles:15.5'],
  ['sles', '16.0', 'sles:16.0'],
  ['opensuse', '15.6', 'opensuse-leap:15.6'],
  ['amazon-linux', '2023', 'amzn:2023'],
  ['amazon-linux', '2017.09', null],
  ['freebsd', '14.1', null],
  ['centos', '7', null],
  ['postgresql', '16', null],
  ['constructor', '1', null],
])('%s %s is %s', (product, cycle, expected) => {
  expect(namespaceOfCycle(product, cycle)).toBe(expected);
});
