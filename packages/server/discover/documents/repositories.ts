import { canonicalJson, Repositories } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import { textParser } from '../agent-body.ts';
import { knownMembers } from '../known-members.ts';
import type { Store } from './adopt.ts';

const parse = textParser(Repositories);
const onlyKnown = knownMembers(Repositories);

/**
 * Reads where an endpoint gets its software from; gives what stores it, once for all endpoints that have the same.
 *
 * @throws HttpProblem 400, 422
 */
export function readRepositories(organisationId: string, digest: string, text: string, now: Date): Store {
  const document = parse(text);
  if (canonicalJson(onlyKnown(document)) !== text)
    throw new HttpProblem(422, 'not-canonical', { detail: 'The document is not in its canonical form.' });
  for (const { path, sha256: named, material } of document.keyrings)
    if (sha256(Buffer.from(material, 'base64')) !== named)
      throw new HttpProblem(422, 'digest-mismatch', { detail: `The SHA-256 of ${path} is not ${named}.` });
  const stored: Repositories = {
    ...document,
    repositories: document.repositories.map((repository) => ({
      ...repository,
      uris: repository.uris.map(withoutCredentials),
      mirrorList: repository.mirrorList === null ? null : withoutCredentials(repository.mirrorList),
    })),
  };
  return async (within) => {
    await sql`
      insert into repositories_document (organisation_id, sha256, document, first_seen_at)
      values (${organisationId}, ${digest}, ${JSON.stringify(stored)}::jsonb, ${now})
      on conflict do nothing`.execute(within);
  };
}

/** Agents leave them out; what one that does not sends is not kept either. */
function withoutCredentials(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}
