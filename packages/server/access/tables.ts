import type { ColumnType } from 'kysely';

type Instant = ColumnType<Date, Date, Date>;
type GeneratedInstant = ColumnType<Date, Date | undefined, never>;
type LaterInstant = ColumnType<Date | null, undefined, Date>;

/** The tables of migrations 0001-0009: who may use this server. */
export interface AccessTables {
  organisation: {
    id: string;
    name: string;
    created_at: GeneratedInstant;
    parent_id: string | null;
    archived_at: ColumnType<Date | null, undefined, Date>;
  };
  person: { id: string; organisation_id: string; name: string; created_at: GeneratedInstant };
  api_token: {
    id: string;
    organisation_id: string;
    secret_hash: Buffer;
    name: string;
    created_by: string;
    person_id: string | null;
    /** Exactly one of role_id and permissions is there. */
    role_id: string | null;
    own_role_id: ColumnType<string | null, never, never>;
    permissions: string[] | null;
    labels: ColumnType<Readonly<Record<string, string>> | null, string | null, never>;
    created_at: Instant;
    expires_at: ColumnType<Date | null, Date | null, never>;
    last_used_at: LaterInstant;
    use_count: ColumnType<number, undefined, number>;
    revoked_at: LaterInstant;
  };
  server_setting: {
    organisation_id: string;
    name: string;
    value: ColumnType<unknown, string, string>;
    updated_at: GeneratedInstant;
  };
}

/** Made by the first migration: a fresh installation is one organisation with one person. */
export const DEFAULT_ORGANISATION_ID = '00000000-0000-7000-8000-000000000001';
export const DEFAULT_PERSON_ID = '00000000-0000-7000-8000-000000000002';
