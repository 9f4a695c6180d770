import type { Organisation } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { matching, toTree } from './tree.ts';

const one = (name: string, parent: string | null = null): Organisation => ({
  id: name,
  name,
  parentId: parent,
  createdAt: '2026-01-01T00:00:00.000Z',
  archivedAt: null,
});
const lines = (nodes: ReturnType<typeof toTree>): readonly string[] =>
  nodes.map(({ organisation, depth }) => `${'  '.repeat(depth)}${organisation.name}`);

const FLEET = [one('Alder', 'Provider'), one('Birch', 'Provider'), one('North', 'Alder'), one('Provider')];

describe('the tree of organisations', () => {
  test('has each after the one above it', () => {
    expect(lines(toTree(FLEET))).toEqual(['Provider', '  Alder', '    North', '  Birch']);
    expect(toTree(FLEET)[2]?.above).toEqual(['Provider', 'Alder']);
  });

  test('begins with those whose parent one does not see', () => {
    expect(lines(toTree([one('North', 'Alder'), one('Birch', 'Elsewhere')]))).toEqual(['North', 'Birch']);
  });

  test('is searched by name, and keeps what is above a hit', () => {
    expect(lines(matching(toTree(FLEET), 'nor'))).toEqual(['Provider', '  Alder', '    North']);
    expect(lines(matching(toTree(FLEET), ' BIRCH '))).toEqual(['Provider', '  Birch']);
    expect(matching(toTree(FLEET), 'oak')).toEqual([]);
    expect(matching(toTree(FLEET), '')).toHaveLength(4);
  });
});
