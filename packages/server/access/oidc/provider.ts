import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Where the secret is kept, as the sealing is bound to it. */
export const SECRET_PURPOSE = 'identity_provider.client_secret_sealed';

/** An OpenID Connect provider by which people of an organisation sign in. */
export interface Provider {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecretSealed: Buffer | null;
  readonly scopes: string;
  readonly groupsClaim: string;
  readonly groupRoles: readonly { readonly group: string; readonly roleId: string }[];
  readonly createsPeople: boolean;
  readonly enabled: boolean;
  /** Who said last how it is used; null: the server's own socket. */
  readonly configuredBy: string | null;
  readonly createdAt: Date;
}

export async function findProviders(kysely: Kysely<Tables>, which: RawBuilder<unknown>): Promise<readonly Provider[]> {
  const { rows } = await sql<Provider>`
    select id, organisation_id as "organisationId", name, issuer, client_id as "clientId",
      client_secret_sealed as "clientSecretSealed", scopes, groups_claim as "groupsClaim", group_roles as "groupRoles",
      creates_people as "createsPeople", enabled, configured_by as "configuredBy",
      created_at as "createdAt"
    from identity_provider where ${which} order by name limit 100`.execute(kysely);
  return rows;
}

/** What the provider has to be told. One for each provider, so that the answer of one can't pass for another's. */
export function redirectUri(publicUrl: string, providerId: string): string {
  return `${publicUrl}/api/v1/session/oidc/${providerId}/callback`;
}

export function rolesOf(groupRoles: Provider['groupRoles']): ReadonlySet<string> {
  return new Set(groupRoles.map(({ roleId }) => roleId));
}
