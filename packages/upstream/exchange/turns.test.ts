import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

it('lets so many run per key, the others in their order', async () => {
  const turns = createTurns(2);
  const started: string[] = [];
  const gates = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...gate() }));
  const all = gates.map(({ name, opened }) =>
    turns('host', async () => {
      started.push(name);
      await opened;
    }),
  );
  await turns('another', async () => started.push('elsewhere'));
  expect(started).toEqual(['a', 'b', 'elsewhere']);
  gates[1]?.open();
  await all[1];
  expect(started).toEqual(['a', 'b', 'elsewhere', 'c']);
  for (const { open } of gates) open();
  await Promise.all(all);
  expect(started).toEqual(['a', 'b', 'elsewhere', 'c', 'd']);
});

it('lets somebody who waits leave, and keeps their place for nobody', async () => {
  const turns = createTurns(1);
  const first = gate();
  const running = turns('host', () => first.opened);
  const leaving = new AbortController();
  const left = turns('host', async () => 'never', leaving.signal);
  const stayed = turns('host', async () => 'stayed');
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  first.open();
  await running;
  expect(await stayed).toBe('stayed');
  expect(await turns('host', async () => 'free again')).toBe('free again');
});
