import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { thimble } from '../testing/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'thimble-agent-trust-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = ['--state-dir', join(folder, 'state')];

describe('thimble agent trust', { timeout: 60_000 }, () => {
  it('says that there is nobody to believe where nothing is enrolled', async () => {
    for (const words of [['show'], ['reset', '--yes'], ['approvers', 'pin', 'a'.repeat(64)]]) {
      const { code, stderr } = await thimble(['agent', 'trust', ...words, ...place]);
      expect({ words, code: code === EXIT.ok }).toEqual({ words, code: false });
      expect(stderr).toContain('not enrolled');
    }
  });

  it('forgets nothing without --yes', async () => {
    const { code, stderr } = await thimble(['agent', 'trust', 'reset', ...place]);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('--yes');
  });

  it('pins what is a set of approvers, and says so of anything else', async () => {
    const file = join(folder, 'not-a-set.json');
    writeFileSync(file, '{"format":1}');
    const notASet = await thimble(['agent', 'trust', 'approvers', 'pin', file, ...place]);
    expect(notASet.stderr).toContain('holds no set of approvers');
    const nothing = await thimble(['agent', 'trust', 'approvers', 'pin', join(folder, 'nothing'), ...place]);
    expect({ code: nothing.code, stderr: nothing.stderr }).toMatchObject({
      code: EXIT.usage,
      stderr: expect.stringContaining("can't be read"),
    });
  });
});
