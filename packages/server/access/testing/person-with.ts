import type { Grant } from '@thimble/protocol';
import { sql } from 'kysely';
import type { TestServer } from '../../testing.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import { DEFAULT_ORGANISATION_ID } from '../tables.ts';

export interface TestCaller {
  readonly personId: string;
  readonly name: string;
  readonly cookie: string;
  /** `path` below /api/v1. */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ readonly status: number; readonly json: Record<string, unknown> }>;
}

type SomeGrant = Pick<Grant, 'roleId'> & Partial<Grant>;

let count = 0;

/** Somebody who is signed in with these roles, given past all rules. */
export async function personWith(
  server: TestServer,
  grants: readonly (SomeGrant | string)[],
  organisationId: string = DEFAULT_ORGANISATION_ID,
): Promise<TestCaller> {
  count += 1;
  const { database, clock, newId, random } = server.context;
  const { kysely } = database;
  const personId = newId();
  const name = `Person ${count}`;
  const secret = newSecret('', random);
  const now = clock();
  const until = new Date(now.getTime() + 3_600_000);
  await sql`insert into person (id, organisation_id, name) values (${personId}, ${organisationId}, ${name})`.execute(
    kysely,
  );
  for (const each of grants) {
    const { roleId, labels = null, includeClients = false } = typeof each === 'string' ? { roleId: each } : each;
    await sql`
      insert into access_grant (id, person_id, organisation_id, role_id, labels, include_clients, created_at, created_by)
      values (${newId()}, ${personId}, ${organisationId}, ${roleId},
        ${labels === null ? null : JSON.stringify(labels)}::jsonb, ${includeClients}, ${now}, 'test')`.execute(kysely);
  }
  await sql`
    insert into session (id, secret_hash, organisation_id, person_id, created_at, expires_at, confirmed_at, last_seen_at)
    values (${newId()}, ${hashSecret(secret)}, ${organisationId}, ${personId}, ${now}, ${until}, ${now}, ${now})`.execute(
    kysely,
  );
  const cookie = `thimble-${server.port}=${secret}`;
  return { personId, name, cookie, call: (...request) => callWith(server, { cookie }, ...request) };
}

/** With whatever credential the headers carry. */
export async function callWith(
  server: TestServer,
  credential: Record<string, string>,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const reply = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      ...credential,
      origin: server.url,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}
