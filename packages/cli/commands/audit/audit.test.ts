import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceBundle } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import { appendSigned, tamper } from '@thimble/server/testing';
import { cosign, parseNote, verifierKeyOf } from '@thimble/transparency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../testing/fleet.ts';

const witnessKey = generateSigningKey();
const witness = verifierKeyOf('witness.example', 'cosignature', witnessKey.publicKey);
let fleet: CommandedFleet;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync('/tmp/thimble-audit-');
  fleet = await startCommandedFleet({ settings: { witnessKeys: witness.text } });
  fleet.env.set('THIMBLE_DATA', join(directory, 'data'));
  await appendSigned(fleet.server.context, 'one', 'two', 'three');
});
afterAll(async () => {
  await fleet.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const file = (name: string): string => join(directory, name);
const audit = (...argv: readonly string[]) => fleet.run(['audit', ...argv]);
interface Found {
  readonly holds: boolean;
  readonly log: string;
  readonly records: number;
  readonly checkpoint: number;
}

describe('thimble audit verify', () => {
  it('reads everything, and keeps the checkpoint that it saw', async () => {
    const first = await audit('verify');
    expect(first).toMatchObject({ code: EXIT.ok, stderr: expect.stringMatching(/seen for the first time/) });
    expect(first.stdout).toMatch(/records: +\d+, all of them hold/);
    await appendSigned(fleet.server.context, 'four');
    const again = await audit('verify');
    expect(again).toMatchObject({ code: EXIT.ok, stderr: expect.stringMatching(/goes on from the \d+ records/) });
    const [folder = ''] = readdirSync(join(directory, 'data', 'audit'));
    const [kept = ''] = readdirSync(join(directory, 'data', 'audit', folder));
    expect(JSON.parse(readFileSync(join(directory, 'data', 'audit', folder, kept), 'utf8')).checkpoints).toHaveLength(
      2,
    );
  });

  it('takes the given key or none', async () => {
    const { log } = await fleet.json<Found>('audit', 'verify');
    expect(await audit('verify', '--key', log)).toMatchObject({ code: EXIT.ok });
    const other = verifierKeyOf('thimble/other', 'ed25519', generateSigningKey().publicKey).text;
    expect(await audit('verify', '--key', other)).toMatchObject({
      code: EXIT.found,
      stderr: expect.stringContaining('not the given one'),
    });
    expect(await audit('verify', '--key', 'nonsense')).toMatchObject({ code: EXIT.usage });
  });

  it('goes on from a checkpoint in a file', async () => {
    expect(await audit('checkpoint', '--output', file('day.txt'))).toMatchObject({ code: EXIT.ok });
    await appendSigned(fleet.server.context, 'five');
    expect(await audit('verify', '--checkpoint', file('day.txt'))).toMatchObject({ code: EXIT.ok });
    writeFileSync(file('forged.txt'), readFileSync(file('day.txt'), 'utf8').replace(/\n\d+\n/, '\n1\n'));
    expect(await audit('verify', '--checkpoint', file('forged.txt'))).toMatchObject({ code: EXIT.found });
    expect(await audit('verify', '--checkpoint', file('nowhere'))).toMatchObject({ code: EXIT.usage });
  });

  it('wants the witnesses that are named', async () => {
    expect(await audit('verify', '--witness', witness.text)).toMatchObject({
      code: EXIT.found,
      stderr: expect.stringContaining('not cosigned by witness.example'),
    });
    await audit('checkpoint', '--output', file('seen.txt'));
    const note = readFileSync(file('seen.txt'), 'utf8');
    const parsed = parseNote(note);
    if (parsed === undefined) throw new Error('no note');
    const reply = await fetch(`${fleet.server.url}/api/v1/evidence/checkpoint/cosign`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fleet.env.get('THIMBLE_TOKEN')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ checkpoint: note + cosign(parsed, 1_800_000_000, witness, witnessKey) }),
    });
    expect(reply.status).toBe(200);
    expect(await audit('verify', '--witness', witness.text)).toMatchObject({
      code: EXIT.ok,
      stdout: expect.stringMatching(/witness: +witness\.example, 2027-/),
    });
  });
});

describe('thimble audit export and verify --bundle', () => {
  it('a period’s records prove themselves off line', async () => {
    const exported = await audit('export', '--from', '2020-01-01', '--output', file('all.json'));
    expect(exported).toMatchObject({
      code: EXIT.ok,
      stderr: expect.stringMatching(/Check it anywhere: .*--key thimble/),
    });
    const key = /--key (\S+)/.exec(exported.stderr)?.[1] ?? '';
    fleet.env.set('THIMBLE_SERVER', 'http://localhost:1');
    try {
      const found = await fleet.json<Found>('audit', 'verify', '--bundle', file('all.json'), '--key', key);
      expect(found).toMatchObject({ holds: true, records: found.checkpoint });
    } finally {
      fleet.env.set('THIMBLE_SERVER', fleet.server.url);
    }
    const own = await audit('verify', '--bundle', file('all.json'));
    expect(own).toMatchObject({ code: EXIT.ok, stderr: expect.stringContaining('The key is the bundle’s own') });
  });

  const cases: readonly [string, (bundle: EvidenceBundle) => void, number, RegExp][] = [
    ['changed', ({ entries }) => Object.assign(entries[2]?.record ?? {}, { summary: 'x' }), 3, /record 3 was changed/],
    ['removed', ({ entries }) => entries.splice(1, 1), 2, /record 2 is missing/],
    [
      'put in twice',
      ({ entries }) => entries.splice(2, 0, ...entries.slice(1, 2)),
      2,
      /record 2 stands after record 2/,
    ],
    ['exchanged', ({ entries }) => entries.reverse(), 0, /stands after|is missing/],
    ['without its proof', ({ entries }) => entries[3]?.path.pop(), 4, /record 4 is not proven/],
    ['outside', (bundle) => Object.assign(bundle.scope, { to: '2020-01-01T00:00:00.000Z' }), 1, /something else/],
    ['proven by nothing', (bundle) => Object.assign(bundle, { hashes: [] }), 1, /record 1 is not proven/],
    ['with a fraction', ({ entries }) => Object.assign(entries[0]?.record ?? {}, { detail: 0.5 }), 1, /1 was changed/],
  ];
  it.each(cases)('a record %s is named', async (_, change, sequence, message) => {
    const bundle = JSON.parse(readFileSync(file('all.json'), 'utf8')) as EvidenceBundle;
    change(bundle);
    writeFileSync(file('bad.json'), JSON.stringify(bundle));
    const { code, stdout } = await fleet.run(['audit', 'verify', '--bundle', file('bad.json'), '--json']);
    expect(code).toBe(EXIT.found);
    const { holds, fault } = JSON.parse(stdout) as { holds: boolean; fault: { sequence: number; message: string } };
    expect(holds).toBe(false);
    expect(fault.message).toMatch(message);
    if (sequence > 0) expect(fault.sequence).toBe(sequence);
  });

  it('says what it can’t be used for', async () => {
    writeFileSync(file('no.json'), '{}');
    expect(await audit('verify', '--bundle', file('no.json'))).toMatchObject({ code: EXIT.failure });
    expect(await audit('verify', '--bundle', file('nowhere'))).toMatchObject({ code: EXIT.usage });
    expect(await audit('export')).toMatchObject({ code: EXIT.usage });
    expect(await audit('export', '--to', '2026-01-01')).toMatchObject({ code: EXIT.usage });
    expect(await audit('verify', '--bundle', file('all.json'), '--checkpoint', file('day.txt'))).toMatchObject({
      code: EXIT.failure,
      stderr: expect.stringContaining('thimble audit verify --checkpoint'),
    });
  });
});

it('a log of another key in place of the one that was seen is refused', async () => {
  await tamper(fleet.server.context, `update server_setting set value = '"other"' where name = 'instance'`);
  expect(await audit('verify')).toMatchObject({
    code: EXIT.found,
    stderr: expect.stringContaining('but before it had'),
  });
});
