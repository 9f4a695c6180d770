import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplyCheckpoint, type ApplyTask, createLocalHost, type Driver } from '@thimble/drivers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { change, kept, transaction, verification } from '../testing/transactions.ts';
import { openJournal, type PatchJournal } from './journal.ts';
import { createPatcher, type Patcher, type Wanted } from './patcher.ts';

const host = createLocalHost();
const wanted: Wanted = {
  selection: { kind: 'security' },
  transaction: transaction([change('openssl', '1', '2')]),
  restartServices: true,
  unattended: false,
};
let folder: string;
let journal: PatchJournal;
let applied: ApplyTask[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-patcher-'));
  journal = openJournal(host, folder);
  applied = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A driver that only installs, as the test says. */
function patcherWith(apply: Driver['apply']): Patcher {
  const unused = (): never => {
    throw new Error('not a part of this test');
  };
  const driver: Driver = {
    id: 'fake',
    name: 'fake',
    detect: unused,
    inventory: unused,
    repositories: unused,
    system: unused,
    updates: unused,
    plan: unused,
    preStage: unused,
    restartServices: unused,
    verify: unused,
    reboot: unused,
    apply(task) {
      applied.push(task);
      return apply(task);
    },
  };
  let ids = 0;
  return createPatcher({
    host,
    driver,
    place: { directory: folder, orders: folder, workspace: { directory: folder } },
    journal,
    signal: new AbortController().signal,
    newId: () => `order-${(ids += 1)}`,
    progress: () => undefined,
  });
}

const checkpointOf = (task: ApplyTask): ApplyCheckpoint => ({
  orderId: task.orderId,
  startedAt: '2026-05-03T12:00:00.000Z',
  bootIdBefore: 'boot',
  failedUnitsBefore: [],
  kept: [kept('openssl', '1')],
  rollbackGaps: [],
});

const installs: Driver['apply'] = async (task) => {
  if (task.resumeFrom === null) await task.pointOfNoReturn(checkpointOf(task));
  return {
    kind: 'applied',
    verification: verification(),
    kept: [kept('openssl', '1')],
    rollbackGaps: [],
    resumed: task.resumeFrom !== null,
  };
};

const diesWhileInstalling: Driver['apply'] = async (task) => {
  await task.pointOfNoReturn(checkpointOf(task));
  throw new Error('killed');
};

describe('an order of single-system mode', () => {
  it('is in the journal with its checkpoint before the driver may change anything', async () => {
    let seen: unknown;
    const patcher = patcherWith(async (task) => {
      await task.pointOfNoReturn(checkpointOf(task));
      [seen] = await journal.list();
      return { kind: 'cancelled', stage: 'installing' };
    });
    await patcher.apply(wanted);
    expect(seen).toMatchObject({
      id: 'order-1',
      result: null,
      checkpoint: { orderId: 'order-1', kept: [{ name: 'openssl' }] },
    });
  });

  it('has exactly one outcome', async () => {
    const order = await patcherWith(installs).apply(wanted);
    expect(order.result).toMatchObject({ kind: 'applied', resumed: false });
    expect(await journal.list()).toEqual([order]);
  });

  it('that was interrupted after its first change is finished by the next run, from its checkpoint', async () => {
    await expect(patcherWith(diesWhileInstalling).apply(wanted)).rejects.toThrow('killed');
    const [finished] = await patcherWith(installs).finishInterrupted();
    expect(applied[1]).toMatchObject({
      orderId: 'order-1',
      transaction: wanted.transaction,
      resumeFrom: { bootIdBefore: 'boot' },
    });
    expect(finished?.result).toMatchObject({ kind: 'applied', resumed: true });
    expect(await patcherWith(installs).finishInterrupted()).toEqual([]);
  });

  it('that was interrupted before its first change is not begun again', async () => {
    await expect(patcherWith(() => Promise.reject(new Error('killed'))).apply(wanted)).rejects.toThrow('killed');
    expect(await patcherWith(installs).finishInterrupted()).toEqual([]);
    expect(applied).toHaveLength(1);
  });

  it('is rolled back by an order of its own that knows what it undoes', async () => {
    const patcher = patcherWith(installs);
    const undone = await patcher.rollBack(await patcher.apply(wanted), false);
    expect(undone).toMatchObject({ id: 'order-2', undoes: 'order-1', selection: null });
    expect(applied[1]).toMatchObject({
      undoes: 'order-1',
      transaction: { changes: [{ action: 'downgrade', from: '2', to: '1' }] },
    });
  });
});

describe('a roll-back', () => {
  it('of which a file is missing is not begun, and names what is missing: half of one is none', async () => {
    const patcher = patcherWith(installs);
    const changes = [change('openssl', '1', '2'), change('curl', '7', '8')];
    const done = await patcher.apply({ ...wanted, transaction: transaction(changes) });
    expect(await patcher.rollBack(done, false)).toEqual({ missing: ['curl 7'] });
    expect(applied).toHaveLength(1);
  });
});

describe('the journal', () => {
  it('takes a damaged record for unknown, never for nothing', async () => {
    await patcherWith(installs).apply(wanted);
    await host.writeFile(join(folder, 'order-1.json'), '{"format":1,"id":"order-1"');
    await expect(journal.list()).rejects.toMatchObject({ code: 'journal-damaged' });
  });

  it('lists the newest order first', async () => {
    const order = await patcherWith(installs).apply(wanted);
    await journal.write({ ...order, id: 'older', checkpoint: null, startedAt: '2020-01-01T00:00:00.000Z' });
    expect((await journal.list()).map(({ id }) => id)).toEqual(['order-1', 'older']);
  });
});
