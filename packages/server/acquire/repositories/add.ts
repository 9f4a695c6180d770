import type { AddRepositoryRequest, RepositorySummary } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { checkedName } from '../checked-name.ts';
import { approvedKeys, writeAnchors } from './approve-keys.ts';
import { checkDefinition } from './check-definition.ts';
import { type Decider, decide, summaryOf } from './decide.ts';
import type { PublicKey } from './public-key.ts';

const EVERYTHING = { architectures: [], components: [], newest: null };

/** Takes a repository on, with the keys that a person compared. It is looked at upstream at once. @throws HttpProblem 409, 422 */
export async function addRepository(
  context: ServerContext,
  decider: Decider,
  request: AddRepositoryRequest,
): Promise<RepositorySummary> {
  const { organisationId } = decider;
  const { mode = 'lazy', filter = EVERYTHING } = request;
  const name = checkedName(request.name);
  const definition = checkDefinition({
    ...request,
    signature: request.signature ?? 'metadata',
    files: request.files ?? [],
  });
  const keys = await approvedKeys(context.database.kysely, organisationId, {
    fingerprints: request.fingerprints,
    material: request.keyMaterial,
    present: [],
    now: context.clock(),
  });
  assertTrusted(definition, keys);
  const id = context.newId();
  await decide(context, decider, async (within, now) => {
    const { format, uris, mirrorList, suite, components, architectures, signature, files } = definition;
    await sql`
      insert into content_repository (id, organisation_id, name, format, uris, mirror_list, suite, components, architectures,
        signature, files, mode, filter, added_at, added_by, asked_at)
      values (${id}, ${organisationId}, ${name}, ${format}, ${uris}::text[], ${mirrorList}, ${suite},
        ${components}::text[], ${architectures}::text[], ${signature}, ${JSON.stringify(files)}::jsonb, ${mode},
        ${JSON.stringify(filter)}::jsonb, ${now}, ${decider.name}, ${now})`.execute(within);
    await writeAnchors(within, id, keys, { name: decider.name, at: now });
    return {
      kind: 'repository-added',
      summary: `${decider.name} added the repository ${name} with ${keys.length} approved key${keys.length === 1 ? '' : 's'}`,
      detail: {
        repositoryId: id,
        format,
        uris,
        mirrorList,
        suite,
        components,
        architectures,
        signature,
        fingerprints: keys.map(({ fingerprint }) => fingerprint),
      },
    };
  });
  return summaryOf(context, organisationId, id);
}

/** Fail closed: without a key nothing could be verified. @throws HttpProblem 422 */
export function assertTrusted(
  { format, signature }: Pick<AddRepositoryRequest, 'format' | 'signature'>,
  keys: readonly Pick<PublicKey, 'kind' | 'name' | 'fingerprint'>[],
): void {
  if (format === 'generic') return;
  const kind = format === 'apk' ? 'rsa' : 'openpgp';
  const nameless = keys.find((key) => key.kind === 'rsa' && key.name === '');
  if (nameless !== undefined)
    throw new HttpProblem(422, 'key-without-name', {
      detail: `The file name of the key ${nameless.fingerprint} is not known, and signatures of apk name their key by it.`,
      hint: 'Write it on the line before the key, as it is in /etc/apk/keys: vendor@example.org-5f000000.rsa.pub',
    });
  if (keys.some((key) => key.kind === kind)) return;
  throw new HttpProblem(422, 'no-key', {
    detail:
      keys.length === 0
        ? 'No key was approved, so nothing of this repository could be verified.'
        : `The approved keys are of another kind than ${format} repositories are signed with.`,
    hint:
      signature === 'packages'
        ? 'Packages that are signed one by one need the vendor’s key too: approve it by its fingerprint.'
        : format === 'rpm'
          ? 'Approve the vendor’s key by its fingerprint. If the vendor signs only packages and not the repository, say so (signature: packages).'
          : 'Approve the vendor’s key by its fingerprint, or give it as keyMaterial from a place that you trust. There is no way to take a repository without a signature.',
  });
}
