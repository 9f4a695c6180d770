import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkInUnit, serviceUnit } from '@thimble/agent';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** `--offline` came with systemd 250. */
const hasAnalyze = spawnSync('systemd-analyze', ['security', '--help'], { encoding: 'utf8' }).stdout?.includes(
  '--offline',
);
if (hasAnalyze !== true)
  process.stderr.write(
    '\n!!! SKIPPED: scores of systemd units: systemd-analyze of systemd 250 or newer is needed !!!\n\n',
  );

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-units-'));
  const settings = { command: ['/usr/bin/thimble'], stateDirectory: '/var/lib/thimble-agent', timerMinutes: 15 };
  writeFileSync(join(folder, 'thimble-agent.service'), serviceUnit(settings));
  writeFileSync(join(folder, 'thimble-agent-check-in.service'), checkInUnit(settings));
  const server = 'thimble-server.service';
  copyFileSync(join(import.meta.dirname, '..', 'packaging', server), join(folder, server));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(hasAnalyze !== true)('what systemd says of a unit’s exposure (0 best, 10 worst)', () => {
  test.each([
    // It reads every process and every file as root; what it installs runs outside.
    ['thimble-agent.service', 3.1],
    ['thimble-agent-check-in.service', 3.1],
    ['thimble-server.service', 1.3],
  ])('%s: at most %d', (unit, most) => {
    const said = execFileSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', join(folder, unit)], {
      encoding: 'utf8',
    });
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)?.[1]);
    expect(exposure).toBeLessThanOrEqual(most);
  });
});
