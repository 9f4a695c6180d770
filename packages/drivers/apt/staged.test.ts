import type { KeptPackage, PackageChange, Transaction } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { createRecordedHost } from '../recorded-host.ts';
import { rememberArchives, rememberStaged } from './download.ts';
import type { Preparation } from './prepare-apply.ts';
import { orderFolder } from './order-folder.ts';
import { readVerified, STAGED_KEPT_MS } from './verified-archives.ts';

const DIGEST = 'a'.repeat(64);
const workspace = {
  directory: '/w',
  configuration: '/w/apt.conf',
  lists: '/w/lists',
  archives: '/w/archives',
  options: [],
};

function transactionOf(...steps: readonly (readonly [string, string, string])[]): Transaction {
  const changes = steps.map(([name, from, to]) => {
    const rest = { downloadBytes: 1, origin: null, security: false, reason: 'requested', source: name } as const;
    return { name, architecture: 'amd64', action: 'upgrade', from, to, sha256: DIGEST, ...rest } as PackageChange;
  });
  return { changes } as unknown as Transaction;
}

describe('what was fetched ahead of its window', () => {
  const folder = orderFolder(workspace, 'staging');
  const kept: KeptPackage = {
    name: 'tool',
    architecture: 'amd64',
    version: '1',
    sha256: DIGEST,
    sizeBytes: 1,
    from: 'archive',
  };
  const files = {
    '/w/archives/tool_2_amd64.deb': 'new',
    '/w/archives/other_5_amd64.deb': 'other',
    '/w/orders/staging/kept/tool_1_amd64.deb': 'old',
  };
  let host = createRecordedHost({ files });
  const staging = transactionOf(['tool', '1', '2']);
  const stage = async () => {
    host = createRecordedHost({ files });
    await rememberStaged({ host, transaction: staging }, workspace, folder, [kept]);
  };
  /** After an installation of the transaction, with these versions installed. */
  const conclude = async (transaction: Transaction, installed: readonly string[], laterMs: number = 0) => {
    const later = { ...host, now: () => new Date(host.now().getTime() + laterMs) };
    const task = { host: later, transaction } as unknown as Preparation;
    await rememberArchives(task, workspace, (each) => installed.includes(`${each.name} ${each.version}`));
    const known = await readVerified(host, workspace);
    const there = ((await host.listDirectory('/w/archives')) ?? []).filter((name) => name.endsWith('.deb'));
    expect(known.map(({ path }) => path.slice('/w/archives/'.length)).sort()).toEqual([...there].sort());
    return there.sort();
  };

  test('is there with the way back, and stays while other orders come and go', async () => {
    await stage();
    expect((await readVerified(host, workspace)).map(({ name, version }) => `${name} ${version}`)).toEqual([
      'tool 2',
      'tool 1',
    ]);
    const others = transactionOf(['other', '4', '5']);
    expect(await conclude(others, ['other 5', 'tool 1'])).toEqual([
      'other_5_amd64.deb',
      'tool_1_amd64.deb',
      'tool_2_amd64.deb',
    ]);
  });

  test('goes like any other once it is installed: the present version stays, the one before is kept elsewhere', async () => {
    await stage();
    expect(await conclude(staging, ['tool 2'])).toEqual(['tool_2_amd64.deb']);
  });

  test('makes room when its window never came', async () => {
    await stage();
    const others = transactionOf(['other', '4', '5']);
    expect(await conclude(others, ['other 5'], STAGED_KEPT_MS + 1)).toEqual(['other_5_amd64.deb']);
  });
});
