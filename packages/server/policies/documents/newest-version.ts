import type { PolicyDocument } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';

/** A policy that was not removed, as it stands. */
export interface NewestVersion {
  readonly name: string;
  readonly version: number;
  readonly text: string;
  readonly document: PolicyDocument;
  /** Whose it is; null: the organisation's own. */
  readonly inheritedFrom: string | null;
}

/** @throws HttpProblem 404 `unknown-policy` */
export async function newestVersion(
  within: Kysely<Tables>,
  organisationId: string,
  id: string,
): Promise<NewestVersion> {
  const { rows } = await sql<NewestVersion>`
    select p.name, p.version, v.text, v.document, p.origin_name as "inheritedFrom"
    from policy p join policy_version v on v.policy_id = p.id and v.version = p.version
    where p.id = ${id} and p.organisation_id = ${organisationId} and p.removed_at is null`.execute(within);
  const [row] = rows;
  if (row === undefined) throw unknownPolicy();
  return row;
}

/** One that the organisation itself may change. @throws HttpProblem 404 `unknown-policy`; 409 `policy-inherited` */
export async function newestOwn(within: Kysely<Tables>, organisationId: string, id: string): Promise<NewestVersion> {
  const newest = await newestVersion(within, organisationId, id);
  const { name, document, inheritedFrom } = newest;
  if (inheritedFrom === null) return newest;
  throw new HttpProblem(409, 'policy-inherited', {
    detail: `The policy ${name} is inherited from ${inheritedFrom}: it is changed and removed there.`,
    hint:
      document.clients === 'enforced'
        ? `${inheritedFrom} enforces it, so nothing here goes before it.`
        : `Detach it to have one of your own (thimble policies detach ${name}), or write one with this name.`,
  });
}

export function unknownPolicy(): HttpProblem {
  return new HttpProblem(404, 'unknown-policy', { detail: 'There is no such policy.' });
}
