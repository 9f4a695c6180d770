import { mkdtempSync, rmSync } from 'node:fs';
import type { EvidenceRecord } from '@thimble/protocol';
import { appendSigned, appendTestEvidence, signAll, tamper } from '@thimble/server/testing';
import { CHAIN_START, evidenceLeaf, evidenceSha256 } from '@thimble/transparency';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../testing/fleet.ts';

let fleet: CommandedFleet;
let directory: string;
/** Record 1 is a sign-in, 2 and 3 are tokens; then eight of ours, the last two of them in a second checkpoint. */
beforeEach(async () => {
  directory = mkdtempSync('/tmp/thimble-tampering-');
  fleet = await startCommandedFleet();
  fleet.env.set('THIMBLE_DATA', directory);
  await appendSigned(fleet.server.context, 'a', 'b', 'c', 'd', 'e', 'f');
  await fleet.run(['audit', 'checkpoint']);
  await appendSigned(fleet.server.context, 'g', 'h');
  expect(await fleet.run(['audit', 'verify'])).toMatchObject({ code: EXIT.ok });
});
afterEach(async () => {
  await fleet.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const query = async <Row>(text: string): Promise<Row[]> =>
  (await fleet.server.context.database.pool.query(text)).rows as Row[];
const last = async (): Promise<number> =>
  (await query<{ last: number }>('select max(sequence) as last from evidence'))[0]?.last ?? 0;

interface Fault {
  readonly sequence: number;
  readonly code: string;
  readonly message: string;
}

/** What `thimble audit verify` finds; fails when it finds nothing. */
async function found(): Promise<Fault> {
  const { code, stdout } = await fleet.run(['audit', 'verify', '--json']);
  expect(code).toBe(EXIT.found);
  return (JSON.parse(stdout) as { fault: Fault }).fault;
}

async function records(): Promise<EvidenceRecord[]> {
  const reply = await fetch(`${fleet.server.url}/api/v1/evidence/entries`, {
    headers: { authorization: `Bearer ${fleet.env.get('THIMBLE_TOKEN')}` },
  });
  return ((await reply.json()) as { items: EvidenceRecord[] }).items;
}

/** Statements by which the whole chain is written anew, each digest computed again, and the log emptied to grow anew. */
function rewriting(all: readonly EvidenceRecord[], from: number, summary: string): string[] {
  let previousSha256 = CHAIN_START;
  const updates = all.map(({ sha256: _own, ...record }) => {
    const changed = { ...record, previousSha256, summary: record.sequence === from ? summary : record.summary };
    previousSha256 = evidenceSha256(changed);
    return `update evidence set summary = '${changed.summary.replaceAll("'", "''")}', previous_sha256 = '${changed.previousSha256}',
      sha256 = '${previousSha256}' where sequence = ${changed.sequence}`;
  });
  return [...updates, 'delete from evidence_checkpoint', 'delete from evidence_leaf'];
}

describe('whoever owns the database', () => {
  it('changes a record', async () => {
    await tamper(fleet.server.context, "update evidence set actor = 'nobody' where sequence = 5");
    expect(await found()).toMatchObject({ sequence: 5, code: 'changed' });
  });

  it('changes a record, its digest and its leaf', async () => {
    const fifth = (await records()).find(({ sequence }) => sequence === 5);
    if (fifth === undefined) throw new Error('no record');
    const { sha256: _own, ...content } = { ...fifth, actor: 'nobody' };
    const sha256 = evidenceSha256(content);
    const leaf = evidenceLeaf({ ...content, sha256 }).toString('hex');
    await tamper(
      fleet.server.context,
      `update evidence set actor = 'nobody', sha256 = '${sha256}' where sequence = 5`,
      `update evidence_leaf set hashes = overlay(hashes placing '\\x${leaf}' from 1) where sequence = 5`,
    );
    expect(await found()).toMatchObject({ sequence: 6, code: 'unlinked' });
  });

  it('removes the last record', async () => {
    const end = await last();
    await tamper(fleet.server.context, `delete from evidence where sequence = ${end}`);
    expect(await found()).toMatchObject({ sequence: end, code: 'truncated' });
  });

  it('removes the last records, their leaves and their checkpoint', async () => {
    const end = await last();
    const gone = ['evidence', 'evidence_leaf'].map((table) => `delete from ${table} where sequence > ${end - 2}`);
    await tamper(fleet.server.context, ...gone, `delete from evidence_checkpoint where size > ${end - 2}`);
    expect(await found()).toMatchObject({ sequence: end - 1, code: 'truncated' });
    expect(await fleet.run(['audit', 'checkpoint'])).toMatchObject({
      code: EXIT.found,
      stderr: expect.stringContaining(`records ${end - 1} to ${end} are missing`),
    });
  });

  it('removes a record in the middle', async () => {
    await tamper(fleet.server.context, 'delete from evidence where sequence = 4');
    expect(await found()).toMatchObject({ sequence: 4, code: 'missing' });
  });

  it('inserts a record', async () => {
    const end = await last();
    await tamper(
      fleet.server.context,
      `update evidence set sequence = sequence + 1000 where sequence >= 6`,
      `update evidence set sequence = sequence - 999 where sequence >= 1000`,
      `insert into evidence select organisation_id, 6, at, kind, actor, run_id, endpoint_id, 'put in', detail, previous_sha256, sha256
        from evidence where sequence = 7`,
    );
    expect(await last()).toBe(end + 1);
    expect(await found()).toMatchObject({ sequence: 6, code: 'changed' });
  });

  it('exchanges two records', async () => {
    await tamper(
      fleet.server.context,
      'update evidence set sequence = 1000 where sequence = 5',
      'update evidence set sequence = 5 where sequence = 6',
      'update evidence set sequence = 6 where sequence = 1000',
    );
    expect(await found()).toMatchObject({ sequence: 5, code: 'changed' });
  });

  it('writes the whole chain anew, with every digest computed again: what was seen before says so', async () => {
    const all = await records();
    await tamper(fleet.server.context, ...rewriting(all, 2, 'nothing happened'));
    await signAll(fleet.server.context);
    const { sequence, code, message } = await found();
    expect({ sequence, code }).toEqual({ sequence: 1, code: 'rewritten' });
    expect(message).toMatch(/^records 1 to \d+ are not those that the checkpoint that was seen on/);
    expect(await fleet.run(['audit', 'checkpoint'])).toMatchObject({
      code: EXIT.found,
      stderr: expect.stringContaining('it was written anew'),
    });
  });

  it('writes the end of the chain anew: the first checkpoint still holds, the second does not', async () => {
    const all = await records();
    await tamper(fleet.server.context, ...rewriting(all, all.length, 'nothing happened'));
    await signAll(fleet.server.context);
    expect(await found()).toMatchObject({ sequence: all.length - 1, code: 'rewritten' });
  });

  it('puts another organisation’s record in a place', async () => {
    const other = '00000000-0000-7000-8000-0000000000ff';
    const { context } = fleet.server;
    await context.database.pool.query("insert into organisation (id, name) values ($1, 'Other')", [other]);
    await appendTestEvidence(context, ['1', '2', '3', '4', '5', '6'], other);
    await tamper(
      context,
      `delete from evidence where sequence = 6 and organisation_id <> '${other}'`,
      `update evidence set organisation_id = '${context.defaultOrganisationId}' where sequence = 6 and organisation_id = '${other}'`,
    );
    expect(await found()).toMatchObject({ sequence: 6, code: 'unlinked' });
  });

  it('restores an old database: what was seen since is missing, and what comes after it shows as well', async () => {
    const end = await last();
    const older = ['evidence', 'evidence_leaf'].map((table) => `delete from ${table} where sequence > ${end - 2}`);
    await tamper(fleet.server.context, ...older, `delete from evidence_checkpoint where size > ${end - 2}`);
    const missing = await found();
    expect(missing).toMatchObject({ sequence: end - 1, code: 'truncated' });
    expect(missing.message).toContain('the database is an older one');
    await appendSigned(fleet.server.context, 'x', 'y', 'z');
    expect(await found()).toMatchObject({ sequence: end - 1, code: 'rewritten' });
  });
});
