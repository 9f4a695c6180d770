import { expect, test } from 'vitest';
import { parsePolicyText } from './parse-policy-text.ts';
import { policyTextWith } from './policy-text-with.ts';

const TEXT = `# ours
format: 1
name: nightly # since 2024
rings:
  - { name: all, members: rest } # everybody
`;

test('what is not changed stays as it was written, comments too', () => {
  const off = policyTextWith(TEXT, { enabled: false });
  expect(off).toBe(`${TEXT}enabled: false\n`);
  expect(policyTextWith(off, { enabled: true })).toBe(`${TEXT}enabled: true\n`);
});

test('JSON stays JSON', () => {
  const text = '{ "format": 1, "name": "nightly", "enabled": true }';
  const changed = policyTextWith(text, { enabled: false, priority: 5 });
  expect(JSON.parse(changed)).toEqual({ format: 1, name: 'nightly', enabled: false, priority: 5 });
  expect(parsePolicyText(changed)).toMatchObject({ ok: true, policy: { enabled: false, priority: 5 } });
});

test('that it holds in clients is taken away', () => {
  const text = `${TEXT}clients: inherit # all of them\n`;
  expect(policyTextWith(text, { clients: undefined })).toBe(TEXT);
  expect(
    JSON.parse(policyTextWith('{"format":1,"name":"nightly","clients":"inherit"}', { clients: undefined })),
  ).toEqual({
    format: 1,
    name: 'nightly',
  });
});
