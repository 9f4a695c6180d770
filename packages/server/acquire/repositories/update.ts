import type { RepositorySummary, UpdateRepositoryRequest } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { checkedName } from '../checked-name.ts';
import { assertTrusted } from './add.ts';
import { approvedKeys, writeAnchors } from './approve-keys.ts';
import { checkDefinition } from './check-definition.ts';
import { type Decider, decide, summaryOf } from './decide.ts';
import type { PublicKey } from './public-key.ts';
import { type RepositoryRow, definitionOf, readAnchors, repositoryNamed, toPublicKey } from './rows.ts';

/** Changes a repository; with other places or keys it is looked at upstream at once. @throws HttpProblem 404, 409, 422 */
export async function updateRepository(
  context: ServerContext,
  decider: Decider,
  id: string,
  request: UpdateRepositoryRequest,
): Promise<RepositorySummary> {
  const { kysely } = context.database;
  const row = await repositoryNamed(kysely, decider.organisationId, id);
  const name = request.name === undefined ? row.name : checkedName(request.name);
  const definition = checkDefinition({
    ...definitionOf(row),
    files: request.files ?? row.files,
    uris: request.uris ?? row.uris,
    components: request.components ?? row.components,
    architectures: request.architectures ?? row.architectures,
  });
  const present = (await readAnchors(kysely, [id])).map(toPublicKey);
  const keys =
    request.fingerprints === undefined
      ? present
      : await approvedKeys(kysely, decider.organisationId, {
          fingerprints: request.fingerprints,
          material: request.keyMaterial,
          present,
          now: context.clock(),
        });
  assertTrusted(definition, keys);
  await decide(context, decider, async (within, now) => {
    const enabled = request.enabled ?? row.enabled;
    await sql`
      update content_repository set name = ${name}, enabled = ${enabled},
        mode = ${request.mode ?? row.mode}, filter = ${JSON.stringify(request.filter ?? row.filter)}::jsonb,
        interval_hours = ${request.intervalHours ?? row.intervalHours}, uris = ${definition.uris}::text[],
        components = ${definition.components}::text[], architectures = ${definition.architectures}::text[],
        files = ${JSON.stringify(definition.files)}::jsonb,
        asked_at = case when ${enabled}::boolean then ${now}::timestamptz end,
        next_at = null, mirrored_sequence = 0, mirror_next_at = null
      where id = ${id} and removed_at is null`.execute(within);
    if (request.fingerprints !== undefined) await writeAnchors(within, id, keys, { name: decider.name, at: now });
    return evidenceOf(decider, row, request, present, keys);
  });
  return summaryOf(context, decider.organisationId, id);
}

function evidenceOf(
  { name: person }: Decider,
  row: RepositoryRow,
  request: UpdateRepositoryRequest,
  before: readonly PublicKey[],
  after: readonly PublicKey[],
) {
  const { keyMaterial: _material, fingerprints: _fingerprints, ...changes } = request;
  const approved = missingIn(before, after);
  const withdrawn = missingIn(after, before);
  const keys = [
    ...(approved.length === 0 ? [] : [`approved ${approved.join(', ')}`]),
    ...(withdrawn.length === 0 ? [] : [`withdrew ${withdrawn.join(', ')}`]),
  ];
  const what = [...Object.keys(changes).map((key) => WORDS[key] ?? key), ...keys];
  return {
    kind: 'repository-changed' as const,
    summary: `${person} changed the repository ${row.name}: ${what.length === 0 ? 'nothing' : what.join(', ')}`,
    // Hours may be fractions, which records can't have.
    detail: {
      repositoryId: row.id,
      changes: JSON.stringify(changes),
      approvedFingerprints: approved,
      withdrawnFingerprints: withdrawn,
    },
  };
}

const WORDS: Readonly<Record<string, string>> = {
  intervalHours: 'interval',
  uris: 'addresses',
  enabled: 'whether it is looked at',
};

/** Fingerprints of `among` that `keys` has not. */
function missingIn(keys: readonly PublicKey[], among: readonly PublicKey[]): readonly string[] {
  const known = new Set(keys.map(({ fingerprint }) => fingerprint));
  return among.map(({ fingerprint }) => fingerprint).filter((fingerprint) => !known.has(fingerprint));
}

/** Nothing looks at it any more. Its revisions stay, for the snapshots that have them. @throws HttpProblem 404 */
export async function removeRepository(context: ServerContext, decider: Decider, id: string): Promise<void> {
  const row = await repositoryNamed(context.database.kysely, decider.organisationId, id);
  await decide(context, decider, async (within, now) => {
    await sql`update content_repository set removed_at = ${now}, enabled = false, asked_at = null, running = null
      where id = ${id} and removed_at is null`.execute(within);
    return {
      kind: 'repository-removed',
      summary: `${decider.name} removed the repository ${row.name}`,
      detail: { repositoryId: id, uris: row.uris, suite: row.suite },
    };
  });
}
