import type { EvidenceEntries, EvidenceList, EvidenceRecord } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import { appendSigned, appendTestEvidence, signAll, tamper } from '@thimble/server/testing';
import {
  type Checkpoint,
  evidenceSha256,
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
  verifierKeyOf,
  verifyLog,
} from '@thimble/transparency';
import type { Attack, AttackFamily, Attempt } from '../attack.ts';
import type { Target } from '../target/target.ts';

/** What an auditor has kept from before the attack: the log's key and a checkpoint. */
interface Kept {
  readonly key: NonNullable<ReturnType<typeof parseVerifierKey>>;
  readonly checkpoint: Checkpoint;
  readonly last: number;
}

async function keep(target: Target): Promise<Kept> {
  await appendSigned(target.server.context, 'one', 'two', 'three', 'four');
  const { json } = await target.call('GET', '/evidence/log');
  const { verifierKey } = json as { verifierKey: string };
  const key = parseVerifierKey(verifierKey);
  const checkpoint =
    key === undefined ? undefined : openCheckpoint((await target.call('GET', '/evidence/checkpoint')).text, key);
  if (key === undefined || checkpoint === undefined) throw new Error('the log has no checkpoint to keep');
  return { key, checkpoint, last: checkpoint.size };
}

async function entries(target: Target): Promise<readonly EvidenceRecord[]> {
  return ((await target.call('GET', '/evidence/entries')).json as EvidenceEntries).items;
}

/** Whoever owns the database alters it, and everything in it that could tell; the auditor is told which record is wrong. */
function found(name: string, refusal: string, alter: (target: Target, kept: Kept) => Promise<void>): Attack {
  return {
    name,
    refusal,
    record: 'verifier',
    attempt: async (target) => {
      const kept = await keep(target);
      const before = await copyOf(target);
      await alter(target, kept);
      const { fault } = await verifyLog(pageOf(await entries(target)), [
        { ...kept.checkpoint, by: 'the checkpoint that was kept' },
      ]);
      await restore(target, before);
      return fault === undefined
        ? { refusal: 'the log was believed', isRecorded: false }
        : { refusal: fault.code, isRecorded: fault.sequence > 0 && fault.message !== '' };
    },
  };
}

async function* pageOf(records: readonly EvidenceRecord[]): AsyncGenerator<readonly EvidenceRecord[]> {
  yield records;
}

const TABLES = ['evidence', 'evidence_leaf', 'evidence_checkpoint'];

async function copyOf({ server }: Target): Promise<string> {
  const suffix = server.context.newId().replaceAll('-', '');
  for (const table of TABLES)
    await server.context.database.pool.query(`create table ${table}_${suffix} as select * from ${table}`);
  return suffix;
}

async function restore({ server }: Target, suffix: string): Promise<void> {
  await tamper(
    server.context,
    ...TABLES.toReversed().map((table) => `delete from ${table}`),
    ...TABLES.map((table) => `insert into ${table} select * from ${table}_${suffix}`),
    ...TABLES.map((table) => `drop table ${table}_${suffix}`),
  );
}

const truncate = (last: number): readonly string[] => [
  `delete from evidence_checkpoint where size > ${last}`,
  `delete from evidence_leaf where sequence > ${last}`,
  `delete from evidence where sequence > ${last}`,
];

export const evidence: AttackFamily = {
  name: 'evidence',
  attacks: [
    found('a record is rewritten', 'changed', ({ server }, { last }) =>
      tamper(server.context, `update evidence set summary = 'nothing happened' where sequence = ${last - 2}`),
    ),
    found('a record is rewritten, with its own digest', 'unlinked', async (target, { last }) => {
      const record = (await entries(target)).find(({ sequence }) => sequence === last - 2);
      if (record === undefined) throw new Error('there is no such record');
      const summary = 'nothing happened';
      const sha256 = evidenceSha256({ ...record, summary });
      await tamper(
        target.server.context,
        `update evidence set summary = '${summary}', sha256 = '${sha256}' where sequence = ${last - 2}`,
      );
    }),
    found('a record in the middle is removed', 'missing', ({ server }, { last }) =>
      tamper(server.context, `delete from evidence where sequence = ${last - 1}`),
    ),
    found('truncation: the newest records and checkpoints are removed', 'truncated', ({ server }, { last }) =>
      tamper(server.context, ...truncate(last - 2)),
    ),
    found('a restored old database goes on as if nothing had been', 'rewritten', async ({ server }, { last }) => {
      await tamper(server.context, ...truncate(last - 2));
      await appendSigned(server.context, 'another past', 'and on', 'and on');
    }),
    found('all of it is removed', 'truncated', ({ server }) => tamper(server.context, ...truncate(0))),
    {
      name: 'a checkpoint that another key signed',
      refusal: 'not the log’s',
      record: 'verifier',
      attempt: async (target): Promise<Attempt> => {
        const { key, checkpoint } = await keep(target);
        const forger = generateSigningKey();
        const forged = signCheckpoint(
          { ...checkpoint, size: checkpoint.size + 1 },
          verifierKeyOf(key.name, 'ed25519', forger.publicKey),
          forger,
        );
        const opened = openCheckpoint(forged, key);
        return { refusal: opened === undefined ? 'not the log’s' : 'believed', isRecorded: opened === undefined };
      },
    },
    {
      name: 'the server itself is shown a log that was altered below it',
      refusal: 'not verified',
      record: 'verifier',
      attempt: async (target): Promise<Attempt> => {
        const { last } = await keep(target);
        const before = await copyOf(target);
        await tamper(target.server.context, `update evidence set actor = 'nobody' where sequence = ${last - 1}`);
        target.pass(2 * 3_600_000);
        const { chain } = (await target.call('GET', '/evidence')).json as EvidenceList;
        await restore(target, before);
        return { refusal: chain.verified ? 'believed' : 'not verified', isRecorded: !chain.verified };
      },
    },
    {
      name: 'records are written while an altered log is signed',
      refusal: 'not signed',
      record: 'verifier',
      attempt: async (target): Promise<Attempt> => {
        const { last } = await keep(target);
        const before = await copyOf(target);
        await appendTestEvidence(target.server.context, ['five']);
        await tamper(target.server.context, `update evidence set actor = 'nobody' where sequence = ${last + 1}`);
        const signed = await signAll(target.server.context).then(
          () => 'signed',
          () => 'not signed',
        );
        await restore(target, before);
        return { refusal: signed, isRecorded: signed === 'not signed' };
      },
    },
  ],
};
