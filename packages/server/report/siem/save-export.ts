import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { type ExportDestination, type PutEvidenceExportRequest, canonicalJson } from '@thimble/protocol';
import { isForbiddenHost } from '@thimble/upstream';
import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { appendEvidence } from '../append-evidence.ts';
import { SECRET_PURPOSE, type StoredExport } from './stored-export.ts';

/** Of one organisation; each is read by every replica once a second. */
const EXPORTS_LIMIT = 20;

/** @throws HttpProblem 422 `bad-destination`, `secret-needed`; 409 `too-many-exports` */
export async function saveExport(
  context: ServerContext,
  { organisationId, name: actor }: Principal,
  name: string,
  wanted: PutEvidenceExportRequest,
): Promise<void> {
  const { destination, format, from } = wanted;
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    const before = await findExport(within, organisationId, name);
    if (before === undefined) await assertRoom(within, organisationId);
    const secret = secretOf(context, before, wanted);
    assertUsable(destination, secret);
    const sealed = secret === null ? null : context.secrets.seal(SECRET_PURPOSE, secret);
    const start = from === 'start' ? sql`0` : from === 'now' || before === undefined ? newest(organisationId) : null;
    await sql`
      insert into evidence_export
        (organisation_id, name, destination, format, secret_sealed, created_at, sent_through, next_try_at)
      values (${organisationId}, ${name}, ${JSON.stringify(destination)}::jsonb, ${format}, ${sealed}, ${now},
        ${start ?? sql`0`}, ${now})
      on conflict (organisation_id, name) do update set destination = excluded.destination, format = excluded.format,
        secret_sealed = excluded.secret_sealed, next_try_at = excluded.next_try_at, failures = 0,
        sent_through = ${start === null ? sql`evidence_export.sent_through` : sql`excluded.sent_through`}`.execute(
      within,
    );
    const where = placeOf(destination);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'evidence-export-set',
        actor,
        summary: `${actor} sends the evidence to ${where}`,
        detail: { name, to: where, format, from: from ?? null, hasSecret: sealed !== null },
      },
    ]);
  });
}

/** @throws HttpProblem 404 `unknown-export` */
export async function removeExport(
  context: ServerContext,
  { organisationId, name: actor }: Principal,
  name: string,
): Promise<void> {
  await context.database.kysely.transaction().execute(async (within) => {
    const before = await findExport(within, organisationId, name);
    if (before === undefined) throw new HttpProblem(404, 'unknown-export', { detail: 'There is no such export.' });
    await sql`delete from evidence_export where organisation_id = ${organisationId} and name = ${name}`.execute(within);
    const where = placeOf(before.destination);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'evidence-export-removed',
        actor,
        summary: `${actor} sends the evidence to ${where} no more`,
        detail: { name, to: where, sentThrough: before.sent_through },
      },
    ]);
  });
}

async function findExport(
  within: Kysely<Tables>,
  organisationId: string,
  name: string,
): Promise<StoredExport | undefined> {
  const { rows } = await sql<StoredExport>`
    select * from evidence_export where organisation_id = ${organisationId} and name = ${name} for update`.execute(
    within,
  );
  return rows[0];
}

async function assertRoom(within: Kysely<Tables>, organisationId: string): Promise<void> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from evidence_export where organisation_id = ${organisationId}`.execute(within);
  if ((rows[0]?.count ?? 0) < EXPORTS_LIMIT) return;
  throw new HttpProblem(409, 'too-many-exports', { detail: `An organisation has at most ${EXPORTS_LIMIT} exports.` });
}

/** The secret of before goes only to the receiver that it was given for. */
function secretOf(
  context: ServerContext,
  before: StoredExport | undefined,
  { destination, secret }: PutEvidenceExportRequest,
): string | null {
  if (secret !== undefined) return secret;
  const kept = before?.secret_sealed ?? null;
  if (before === undefined || kept === null) return null;
  if (canonicalJson(before.destination) === canonicalJson(destination))
    return context.secrets.open(SECRET_PURPOSE, kept).toString('utf8');
  throw new HttpProblem(422, 'secret-needed', {
    detail: 'The destination is another one: give the secret for it anew, or null for none.',
  });
}

/** @throws HttpProblem 422 `bad-destination` */
function assertUsable(destination: ExportDestination, secret: string | null): void {
  const bad = (detail: string): HttpProblem => new HttpProblem(422, 'bad-destination', { detail });
  const { authorities } = destination;
  if (authorities !== null && !isCertificate(authorities)) throw bad('The authorities are no certificate in PEM form.');
  if (destination.kind === 'https') {
    const url = URL.canParse(destination.url) ? new URL(destination.url) : null;
    if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '')
      throw bad('The address begins with https:// and has no password in it; authorization is given as the secret.');
    if (isForbiddenHost(url.hostname)) throw bad(`${url.hostname} is never asked.`);
    if (secret !== null && /[^\x20-\x7e]/.test(secret)) throw bad('An authorization is one line of ASCII.');
    return;
  }
  if (isForbiddenHost(destination.host)) throw bad(`${destination.host} is never asked.`);
  const { clientCertificate } = destination;
  if ((clientCertificate === null) !== (secret === null))
    throw bad('A client certificate and its key, as the secret, are given together.');
  if (clientCertificate === null || secret === null) return;
  try {
    createSecureContext({ cert: clientCertificate, key: secret });
  } catch {
    throw bad('The client certificate and the key do not belong together.');
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function placeOf(destination: ExportDestination): string {
  return destination.kind === 'syslog' ? `syslog at ${destination.host}:${destination.port}` : destination.url;
}

/** What is there already stays where it is. */
function newest(organisationId: string) {
  return sql`(select coalesce(max(sequence), 0) from evidence where organisation_id = ${organisationId})`;
}
