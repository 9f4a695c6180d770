import type { ColumnType, Generated } from 'kysely';

/** A timestamptz column: read as Date, written as Date. */
type Instant = ColumnType<Date, Date, Date>;
type GeneratedInstant = ColumnType<Date, Date | undefined, never>;

/** The tables of migrations 0001-0009: who may use this server, and its own settings. */
export interface AccessTables {
  organisation: { id: string; name: string; created_at: GeneratedInstant };
  person: { id: string; organisation_id: string; name: string; created_at: GeneratedInstant };
  session: {
    /** SHA-256 of the cookie's secret. The secret itself is stored nowhere. */
    secret_hash: Buffer;
    id: string;
    organisation_id: string;
    person_id: string;
    created_at: Instant;
    expires_at: Instant;
  };
  sign_in_link: {
    secret_hash: Buffer;
    organisation_id: string;
    person_id: string;
    created_at: Instant;
    expires_at: Instant;
    used_at: ColumnType<Date | null, undefined, Date>;
  };
  api_token: {
    secret_hash: Buffer;
    id: string;
    organisation_id: string;
    name: string;
    /** The first characters of the token, so that a person can tell which one it is. */
    hint: string;
    created_by: string;
    created_at: Instant;
    expires_at: ColumnType<Date | null, Date | null, never>;
    last_used_at: ColumnType<Date | null, undefined, Date>;
    revoked_at: ColumnType<Date | null, undefined, Date>;
  };
  server_setting: { organisation_id: string; name: string; value: unknown; updated_at: Generated<Date> };
}
