import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAMILIES } from './registry.ts';
import { runAttack } from './run-attacks.ts';
import { startTarget, type Target } from './target/target.ts';

describe.each(FAMILIES)('attacks on $name', (family) => {
  let target: Target;
  beforeAll(async () => {
    target = await startTarget();
  });
  afterAll(() => target?.stop());

  test.each(family.attacks)('$name: $refusal', async (attack) => {
    expect((await runAttack(family, attack, target)).fault).toBeNull();
  });
});

test('there are at least three hundred, and no two have one name', () => {
  const names = FAMILIES.flatMap(({ name, attacks }) => attacks.map((attack) => `${name}: ${attack.name}`));
  expect(names.length).toBeGreaterThanOrEqual(300);
  expect(new Set(names).size).toBe(names.length);
});
