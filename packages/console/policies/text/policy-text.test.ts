import { describe, expect, test } from 'vitest';
import { pathInWords, readText, valueAt, withItemMoved, withValue, type FieldPath } from './policy-text.ts';

const TEXT = `# Kept as it is.
format: 1
name: weekly
scope:
  labels:
    role: [web] # who

rings:
  - name: first
    members:
      count: 1
    # A day is enough.
    soak: 1d
  - name: rest
    members: rest
`;

describe('one value of a text changes', () => {
  test.each<[string, FieldPath, unknown, (text: string) => string]>([
    ['in its place', ['name'], 'nightly', (text) => text.replace('weekly', 'nightly')],
    ['deep within', ['rings', 0, 'soak'], '2d', (text) => text.replace('soak: 1d', 'soak: 2d')],
    [
      'to nothing',
      ['rings', 0, 'soak'],
      undefined,
      (text) => text.replace('\n    # A day is enough.\n    soak: 1d', ''),
    ],
    [
      'where nothing was',
      ['deploy', 'reboot', 'when'],
      'never',
      (text) => `${text}deploy:\n  reboot:\n    when: never\n`,
    ],
    [
      'and takes empty parents with it',
      ['scope', 'labels', 'role'],
      undefined,
      (text) => text.replace('scope:\n  labels:\n    role: [web] # who\n\n', ''),
    ],
    ['not where it is missing already', ['deploy', 'reboot'], undefined, (text) => text],
  ])('%s', (_title, path, value, expected) => {
    const changed = withValue(TEXT, path, value);
    expect(readText(changed)).toEqual(readText(expected(TEXT)));
    expect(valueAt(readText(changed), path)).toEqual(value);
    expect(changed).toContain('# Kept as it is.');
  });

  test('where a key has no value yet', () => {
    expect(readText(withValue('format: 1\nscope:\n', ['scope', 'groups'], ['a']))).toEqual({
      format: 1,
      scope: { groups: ['a'] },
    });
  });

  test('of JSON, which stays JSON', () => {
    expect(JSON.parse(withValue('{"format": 1, "name": "a"}', ['name'], 'b'))).toEqual({ format: 1, name: 'b' });
  });
});

test('an item moves with its comments', () => {
  const moved = withItemMoved(TEXT, ['rings'], 1, 0);
  expect(valueAt(readText(moved), ['rings', 1, 'name'])).toBe('first');
  expect(moved).toContain('# A day is enough.');
});

test.each(['', 'just words', '- a\n- b', 'a: [', 'a: 1\na: 2'])('%j is no policy to show as a form', (text) => {
  expect(readText(text)).toBeNull();
});

test('a text that repeats itself without end is refused, not unfolded', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefg'
    .split('')
    .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdef'[index]}`).join(', ')}]`)
    .join('\n')}`;
  expect(readText(bomb)).toBeNull();
});

test('paths are written as problems name them', () => {
  expect(pathInWords(['rings', 1, 'gate', 'probes', 0])).toBe('rings[1].gate.probes[0]');
});
