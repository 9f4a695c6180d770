import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApprovalList, ApproverStatus, RunDetail } from '@thimble/protocol';
import type { FakeAgent } from '@thimble/server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../testing/fleet.ts';

let fleet: CommandedFleet;
let web: FakeAgent;
let directory: string;
const file = (name: string): string => join(directory, name);
const run = (...argv: readonly string[]) => fleet.run(argv);

beforeAll(async () => {
  directory = mkdtempSync('/tmp/thimble-approve-');
  fleet = await startCommandedFleet();
  fleet.env.set('THIMBLE_APPROVER_PASSPHRASE', 'correct horse battery');
  web = await fleet.agent('web1');
  for (const name of ['ada', 'bob', 'cyd', 'eve'])
    expect(await run('approve', 'keygen', file(`${name}.key`))).toMatchObject({ code: EXIT.ok });
});
afterAll(async () => {
  await fleet.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Planned and approved by an operator; approvers are asked for it. */
async function requested(): Promise<ApprovalList['items'][number]> {
  const { summary } = await fleet.json<RunDetail>('runs', 'create', '--endpoints', 'web1', '--security');
  await web.work();
  for (let tries = 0; tries < 200; tries += 1) {
    await run('runs', 'approve', summary.id, '--yes');
    const { items } = await fleet.json<ApprovalList>('approvals');
    const open = items.find(({ state, runId }) => state === 'open' && runId === summary.id);
    if (open !== undefined) return open;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('approvers were not asked');
}

describe('thimble approve keygen', () => {
  it('seals the key with a passphrase, for its owner alone, and never over another one', async () => {
    expect(statSync(file('ada.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(file('ada.key'), 'utf8')).not.toContain('PRIVATE KEY');
    expect(await run('approve', 'keygen', file('ada.key'))).toMatchObject({ code: EXIT.failure });
  });

  it('wants a passphrase that is not guessed at once', async () => {
    writeFileSync(file('short'), 'hunter2\n');
    const { code, stderr } = await run('approve', 'keygen', file('x.key'), '--passphrase-file', file('short'));
    expect(code).toBe(EXIT.failure);
    expect(stderr).toContain('at least 12');
    expect(existsSync(file('x.key'))).toBe(false);
  });
});

describe('the way of an approval', () => {
  it('needs two different people, who see what they sign', async () => {
    const people = ['ada', 'bob', 'cyd'].flatMap((name) => ['--approver', `${name}=${file(`${name}.key.pub`)}`]);
    const status = await fleet.json<ApproverStatus>('approvers', 'propose', '--threshold', '2', ...people);
    expect(status.active?.set).toMatchObject({ version: 1, threshold: 2, keyFilesAtLeast: 1 });
    expect((await run('approvers')).stdout).toContain('2 of 3 people have to sign, 1 of them by key file');
    const { id, progress } = await requested();

    const unsure = await run('approve', 'last', '--key', file('ada.key'));
    expect(unsure).toMatchObject({
      code: EXIT.pending,
      stdout: expect.stringMatching(/upgrade openssl 3\.0\.15-1 → 3\.0\.17-1/),
    });
    const wrong = await run('approve', id, '--key', file('ada.key'), '--yes', '00000000');
    expect(wrong).toMatchObject({ code: EXIT.refused, stderr: expect.stringContaining('digest') });
    const yes = ['--yes', progress.digest.slice(0, 8)];
    expect(await run('approve', id, '--key', file('eve.key'), ...yes)).toMatchObject({ code: EXIT.failure });
    const first = await run('approve', id, '--key', file('ada.key'), ...yes);
    expect(first).toMatchObject({ code: EXIT.ok, stderr: expect.stringContaining('1 of 2 have signed (ada)') });
    expect(await run('approve', id, '--key', file('ada.key'), ...yes)).toMatchObject({
      code: EXIT.failure,
      stderr: expect.stringContaining('has signed this already'),
    });

    // The second on a machine without a network.
    expect(await run('approvals', 'show', id, '--out', file('r.json'))).toMatchObject({ code: EXIT.ok });
    const apart = await run(
      'approve',
      '--statement',
      file('r.json'),
      '--key',
      file('cyd.key'),
      '--out',
      file('r.sig'),
      ...yes,
    );
    expect(apart).toMatchObject({ code: EXIT.ok });
    const second = await run('approve', id, '--signature', file('r.sig'));
    expect(second).toMatchObject({ code: EXIT.ok, stderr: expect.stringContaining('it begins') });
    for (let tries = 0; tries < 200 && (await web.takeOrders()).orders.length === 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await web.takeOrders()).orders).toMatchObject([{ approvalId: id, body: { kind: 'apply' } }]);
    await web.work();
  });

  it('signs nothing of which the digests do not fit what is shown', async () => {
    const contents = JSON.parse(readFileSync(file('r.json'), 'utf8'));
    contents.transactions[0].changes[0].to = '9.9.9-1';
    writeFileSync(file('forged.json'), JSON.stringify(contents));
    const { code, stderr } = await run(
      'approve',
      '--statement',
      file('forged.json'),
      '--key',
      file('ada.key'),
      '--out',
      file('forged.sig'),
    );
    expect(code).toBe(EXIT.refused);
    expect(stderr).toContain('Sign nothing');
    expect(existsSync(file('forged.sig'))).toBe(false);
  });

  it('opens no key with another passphrase', async () => {
    writeFileSync(file('other'), 'another passphrase\n');
    const argv = ['--statement', file('r.json'), '--key', file('ada.key'), '--out', file('n.sig')];
    const { digest } = (await fleet.json<ApprovalList>('approvals')).items[0]?.progress ?? { digest: '' };
    const ended = await run('approve', ...argv, '--yes', digest.slice(0, 12), '--passphrase-file', file('other'));
    expect(ended).toMatchObject({ code: EXIT.failure, stderr: expect.stringContaining('passphrase') });
  });
});

describe('the next approvers', () => {
  it('hold when the present ones have signed', async () => {
    const lowered = await fleet.json<ApproverStatus>('approvers', 'propose', '--key-files-at-least', '0');
    expect(lowered.proposed?.set).not.toHaveProperty('keyFilesAtLeast');
    expect(await run('approvers', 'withdraw')).toMatchObject({ code: EXIT.ok });
    const { proposed } = await fleet.json<ApproverStatus>(
      'approvers',
      'propose',
      '--remove',
      'bob',
      '--approver',
      `eve=${file('eve.key.pub')}`,
    );
    const yes = ['--yes', proposed?.progress.digest.slice(0, 8) ?? ''];
    for (const name of ['ada', 'bob'])
      expect(await run('approvers', 'sign', '--key', file(`${name}.key`), ...yes)).toMatchObject({ code: EXIT.ok });
    const { active } = await fleet.json<ApproverStatus>('approvers');
    expect(active?.set.approvers.map(({ name }) => name)).toEqual(['ada', 'cyd', 'eve']);
    expect((await run('approvers', 'history')).stdout).toMatch(/signed by ada: .*\nsigned by bob: /);
  });
});

describe('thimble emergency-stop', () => {
  it('stops on one word, and goes on by two signatures', async () => {
    expect(await run('emergency-stop', '--reason', 'a key was stolen')).toMatchObject({ code: EXIT.pending });
    expect(await run('emergency-stop', '--reason', 'a key was stolen', '--yes')).toMatchObject({ code: EXIT.ok });
    expect((await run('emergency-stop')).stdout).toContain('a key was stolen');
    const waits = await run('emergency-stop', '--resume', '--reason', 'found');
    expect(waits.stdout).toContain('0 of 2 approvers');
    const { pending } = await fleet.json<{ pending: { progress: { digest: string } } }>('emergency-stop');
    for (const name of ['ada', 'eve'])
      expect(
        await run(
          'emergency-stop',
          '--resume',
          '--key',
          file(`${name}.key`),
          '--yes',
          pending.progress.digest.slice(0, 9),
        ),
      ).toMatchObject({ code: EXIT.ok });
    expect((await run('emergency-stop')).stdout).toContain('No emergency stop');
  });

  it('is signed by one approver for the safe, and sent on its day', async () => {
    const kept = ['--reason', 'nobody is there', '--key', file('ada.key'), '--out', file('stop.json'), '--yes'];
    expect(await run('emergency-stop', ...kept)).toMatchObject({ code: EXIT.ok });
    expect((await run('emergency-stop')).stdout).toContain('No emergency stop');
    const sent = await run('emergency-stop', '--signature', file('stop.json'));
    expect(sent).toMatchObject({ code: EXIT.ok, stdout: expect.stringContaining('nobody is there') });
  });
});
