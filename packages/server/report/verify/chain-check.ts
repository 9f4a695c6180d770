import type { EvidenceList, EvidenceRecord } from '@thimble/protocol';
import { emptied, NOTHING_READ, type ReadLog } from '@thimble/transparency';
import type { ServerContext } from '../../context.ts';
import { readCheckpoint } from '../checkpoints/read-checkpoint.ts';
import { checkCheckpoint } from './check-checkpoint.ts';
import { readOn, stand } from './read-on.ts';

/** After this everything is read again from the first record; until then only what came since. */
const AGAIN_MS = 3_600_000;
/** What does not hold is told from memory for so long: to read all of it for everybody who looks would help nobody. */
const BROKEN_AGAIN_MS = 60_000;
const PAGE = 1_000;

interface Check {
  /** When the reading of all records began. */
  readonly startedAt: Date;
  log: ReadLog;
  holds: boolean;
}

/**
 * Whether an organisation's evidence holds. Every record is read once an hour at most, those that came since at once, and
 * those that are shown are held against the log on the spot; the end is held against the last checkpoint.
 */
export type CheckChain = (organisationId: string, shown: readonly EvidenceRecord[]) => Promise<EvidenceList['chain']>;

/** Keeps how far the evidence of each organisation was read, so that showing some of it does not read all. */
export function createChainCheck(context: ServerContext): CheckChain {
  const { kysely } = context.database;
  const checks = new Map<string, Check>();
  const readings = new Map<string, Promise<void>>();

  const begin = (organisationId: string): Check => {
    const check = { startedAt: context.clock(), log: NOTHING_READ, holds: true };
    checks.set(organisationId, check);
    return check;
  };
  /** Those who ask at the same time wait for the same reading. */
  const readNews = (organisationId: string, check: Check): Promise<void> => {
    const present = readings.get(organisationId);
    if (present !== undefined) return present;
    const reading = readToEnd(context, organisationId, check).finally(() => readings.delete(organisationId));
    readings.set(organisationId, reading);
    return reading;
  };
  const current = async (organisationId: string, shown: readonly EvidenceRecord[]): Promise<Check> => {
    const last = checks.get(organisationId);
    if (last === undefined) return begin(organisationId);
    if (readings.has(organisationId)) return last;
    const ageMs = context.clock().getTime() - last.startedAt.getTime();
    if (ageMs > (last.holds ? AGAIN_MS : BROKEN_AGAIN_MS)) return begin(organisationId);
    // What was read must still be there; else the reading from the beginning finds what is wrong.
    const same = !last.holds || (await stand(kysely, organisationId, last.log, shown));
    return same ? last : begin(organisationId);
  };

  return async (organisationId, shown) => {
    const check = await current(organisationId, shown);
    await readNews(organisationId, check);
    const newest = await readCheckpoint(kysely, organisationId);
    // Signed since, of records that came since.
    if (newest !== undefined && newest.size > check.log.tree.size) await readNews(organisationId, check);
    const checkpoint = await checkCheckpoint(context, organisationId, newest, check.log.tree);
    return {
      verified: check.holds && checkpoint.holds && emptied(check.log) === undefined,
      length: check.log.tree.size,
      headSha256: check.log.tree.size === 0 ? null : check.log.headSha256,
      checkedAt: check.startedAt.toISOString(),
      checkpoint: checkpoint.newest,
    };
  };
}

async function readToEnd({ database }: ServerContext, organisationId: string, check: Check): Promise<void> {
  for (let ended = false; !ended && check.holds;) {
    const read = await readOn(database.kysely, organisationId, check.log, PAGE);
    check.log = read.log;
    check.holds = read.fault === undefined;
    ended = read.ended;
  }
}
