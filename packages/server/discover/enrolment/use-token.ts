import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import { isInNetworks } from '../../http/networks.ts';
import type { Tables } from '../../storage/index.ts';

/** A token that lets somebody in, and what it gives. */
export interface UsedToken {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly site: string;
  readonly approve: boolean;
}

/**
 * Two uses of a token's last use at once: the row lock lets one of them see that it is used up.
 *
 * @throws HttpProblem 401 `bad-enrolment-token`
 */
export async function useToken(
  within: Kysely<Tables>,
  secretHash: Buffer,
  address: string,
  now: Date,
): Promise<UsedToken> {
  const { rows } = await sql<UsedToken & { networks: readonly string[] }>`
    update enrolment_token set use_count = use_count + 1, last_used_at = ${now}
    where secret_hash = ${secretHash} and revoked_at is null and (expires_at is null or expires_at > ${now})
      and (maximum_uses is null or use_count < maximum_uses)
    returning id, organisation_id as "organisationId", name, labels, groups, site, approve, networks`.execute(within);
  const [token] = rows;
  // Thrown inside the transaction, so a use from elsewhere does not count.
  if (token === undefined || (token.networks.length > 0 && !isInNetworks(address, token.networks)))
    throw badEnrolmentToken(address);
  return token;
}

/** Which of unknown, revoked, expired, used up and from elsewhere it is, is nobody's business who does not have the console. */
function badEnrolmentToken(address: string): HttpProblem {
  return new HttpProblem(401, 'bad-enrolment-token', {
    detail: `This enrolment token is not valid: unknown, revoked, expired, used up, or not for this machine’s network (the server sees ${address}).`,
    hint: 'Make a new one in the console or with: thimble enrolment-tokens create',
  });
}
