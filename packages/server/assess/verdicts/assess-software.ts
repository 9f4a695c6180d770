import type { ClaimKey, ClaimRecord } from '@thimble/advisories';
import { type Kysely, sql } from 'kysely';
import { claimsOfKeys } from '../../advisories/index.ts';
import type { Tables } from '../../storage/index.ts';
import { noteChanges } from './note-changes.ts';
import { concludeSoftware } from './conclusion.ts';
import { type StoredSoftware, loadSoftware } from './load-software.ts';
import { type Concluded, writeVerdicts } from './write-verdicts.ts';

/** Software whose claims are in memory at once, and verdicts that wait to be written: a kernel's package has thousands. */
const SOFTWARE_AT_ONCE = 200;
const VERDICTS_AT_ONCE = 5_000;

/**
 * Matches software with what is stated now, and brings its verdicts up to date. To be called within a transaction: until
 * it ends nobody else assesses the same software.
 *
 * @returns how many verdicts are open for it now.
 */
export async function assessSoftware(within: Kysely<Tables>, ids: readonly number[], now: Date): Promise<number> {
  let verdicts = 0;
  const sorted = [...ids].sort((a, b) => a - b);
  for (let at = 0; at < sorted.length; at += SOFTWARE_AT_ONCE)
    verdicts += await assessSome(within, sorted.slice(at, at + SOFTWARE_AT_ONCE), now);
  return verdicts;
}

async function assessSome(within: Kysely<Tables>, ids: readonly number[], now: Date): Promise<number> {
  const software = await loadSoftware(within, sql`s.id = any(${ids}::int[])`, 'lock');
  const claims = await claimsByKey(within, software);
  let total = 0;
  let waiting: Concluded[] = [];
  let waitingVerdicts = 0;
  const flush = async (): Promise<void> => {
    await noteChanges(within, await writeVerdicts(within, waiting, now), now);
    waiting = [];
    waitingVerdicts = 0;
  };
  for (const each of software) {
    const records = each.keys.flatMap((key) => claims.get(nameOf(key)) ?? []);
    // What is dismissed would only take room here.
    const { verdicts, gaps } = concludeSoftware(each, records);
    waiting.push({ softwareId: each.id, assessment: { software: each.software, verdicts, dismissed: [], gaps } });
    waitingVerdicts += verdicts.length;
    total += verdicts.length;
    if (waitingVerdicts >= VERDICTS_AT_ONCE) await flush();
  }
  if (waiting.length > 0) await flush();
  return total;
}

/** Each key's claims once, however much of the software shares them. */
export async function claimsByKey(
  within: Kysely<Tables>,
  software: readonly Pick<StoredSoftware, 'keys'>[],
  at: Date | null = null,
): Promise<ReadonlyMap<string, readonly ClaimRecord[]>> {
  const keys = new Map(software.flatMap((each) => each.keys).map((key) => [nameOf(key), key]));
  const found = new Map<string, ClaimRecord[]>();
  for (const record of await claimsOfKeys(within, [...keys.values()], at)) {
    const name = nameOf(record.claim);
    const list = found.get(name);
    if (list === undefined) found.set(name, [record]);
    else list.push(record);
  }
  return found;
}

export function nameOf({ namespace, nameKind, name }: ClaimKey): string {
  return `${namespace}\0${nameKind}\0${name}`;
}
