import {
  type Assessment,
  FeedError,
  type JustifiedException,
  type Verdict,
  type VexStatement,
  readVex,
  statementsOfAssessments,
  writeCsafVex,
  writeCycloneDxVex,
} from '@thimble/advisories';
import type { ExceptionList } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { StoredEvidence } from '../verdicts/conclusion.ts';
import { softwareOfRow } from '../verdicts/load-software.ts';
import { markSummaries } from '../verdicts/note-changes.ts';
import { type ActiveException, activeExceptions, excepts } from './active.ts';
import { type NewException, insertExceptions, listExceptions } from './exceptions.ts';

/** Exceptions that one document may bring. */
const IMPORT_LIMIT = 10_000;
const SOFTWARE_AT_ONCE = 500;

/** What the organisation says of its software, as others read it: verdicts, and exceptions in force. */
export async function exportVex(
  { database: { kysely }, clock, publicUrl, newId }: Pick<ServerContext, 'database' | 'clock' | 'publicUrl' | 'newId'>,
  organisationId: string,
  format: 'cyclonedx' | 'csaf',
): Promise<string> {
  const now = clock();
  const exceptions = Map.groupBy(
    await activeExceptions(kysely, organisationId, now),
    ({ vulnerability }) => vulnerability,
  );
  const statements: VexStatement[] = [];
  for await (const assessment of assessmentsOf(kysely, organisationId))
    statements.push(
      ...statementsOfAssessments([assessment], (each, verdict) => exceptionOf(each, verdict, exceptions)),
    );
  const named = await sql<{ name: string }>`select name from organisation where id = ${organisationId}`.execute(kysely);
  const author = named.rows[0]?.name ?? 'Thimble';
  const document = { id: `urn:uuid:${newId()}`, author, at: now.toISOString(), statements };
  if (format === 'cyclonedx') return writeCycloneDxVex(document);
  const title = `Vulnerabilities of the software of ${author}`;
  return writeCsafVex(document, { title, namespace: publicUrl, at: now.toISOString(), version: 1 });
}

function exceptionOf(
  { software }: Assessment,
  { vulnerability }: Verdict,
  exceptions: ReadonlyMap<string, readonly ActiveException[]>,
): JustifiedException | null {
  const named = { name: software.name, source: software.source?.name ?? null, purl: '' };
  const found = exceptions.get(vulnerability)?.find((each) => each.purl === null && excepts(each, named, null));
  if (found === undefined) return null;
  return {
    vulnerability,
    package: found.package,
    endpoint: null,
    kind: found.kind,
    owner: found.owner,
    reason: found.reason,
    expiresAt: found.expires_at?.toISOString() ?? null,
    revokedAt: null,
    justification: found.justification,
  };
}

type SoftwareRow = Parameters<typeof softwareOfRow>[0] & {
  readonly id: number;
  readonly verdicts: readonly (Omit<Verdict, 'fix' | 'evidence'> & {
    readonly fix: Verdict['fix'];
    readonly evidence: readonly StoredEvidence[];
  })[];
};

/** The software of the organisation's endpoints that has anything, a page at a time. */
async function* assessmentsOf(within: Kysely<Tables>, organisationId: string): AsyncIterable<Assessment> {
  const used = await sql<{ id: number }>`
    select distinct unnest(m.software_ids) as id from manifest m where m.id in (
      select manifest_id from endpoint_manifest where organisation_id = ${organisationId} and valid_to is null)
    order by 1`.execute(within);
  const ids = used.rows.map(({ id }) => id);
  for (let at = 0; at < ids.length; at += SOFTWARE_AT_ONCE) {
    const { rows } = await sql<SoftwareRow>`
      select s.id, s.namespace, s.name, s.version, s.scheme, s.architecture, s.source_name, s.source_version, s.origin,
        s.origin_name, s.module, s.channel, (
          select jsonb_agg(jsonb_build_object('vulnerability', v.vulnerability, 'outcome', v.outcome,
            'fix', jsonb_build_object('state', v.fix_state, 'version', v.fix_version), 'fixChannel', v.fix_channel,
            'vendorStatus', v.vendor_status, 'severity', v.severity, 'evidence', '[]'::jsonb) order by v.vulnerability)
          from verdict v where v.software_id = s.id and v.valid_to is null) as verdicts
      from software s where s.id = any(${ids.slice(at, at + SOFTWARE_AT_ONCE)}::int[])
        and exists (select 1 from verdict v where v.software_id = s.id and v.valid_to is null)
      order by s.id`.execute(within);
    for (const row of rows)
      yield { software: softwareOfRow(row), verdicts: [...row.verdicts], dismissed: [], gaps: [] };
  }
}

/**
 * Takes what somebody else says of the software: each product that is not affected, or fixed already, becomes an exception
 * for exactly that product. Said again, nothing is added.
 *
 * @throws HttpProblem 422
 */
export async function importVex(
  context: Pick<ServerContext, 'database' | 'clock' | 'newId'>,
  operator: { readonly organisationId: string; readonly name: string },
  bytes: Uint8Array,
): Promise<ExceptionList> {
  const reading = readOrRefuse(bytes);
  const now = context.clock();
  const { document } = reading;
  const wanted = document.statements.flatMap((statement) => exceptionsOf(statement, document.author, context.newId));
  if (wanted.length === 0)
    throw new HttpProblem(422, 'nothing-to-import', {
      detail: `The document says of nothing that it is not affected.${faultText(reading.faults)}`,
    });
  if (wanted.length > IMPORT_LIMIT)
    throw new HttpProblem(422, 'too-many', { detail: `At most ${IMPORT_LIMIT} statements are taken at once.` });
  return context.database.kysely.transaction().execute(async (within) => {
    const known = await activeExceptions(within, operator.organisationId, now);
    const same = new Set(known.map(({ vulnerability, purl, reason }) => `${vulnerability}\0${purl}\0${reason}`));
    const fresh = wanted.filter(({ vulnerability, purl, reason }) => !same.has(`${vulnerability}\0${purl}\0${reason}`));
    if (fresh.length > 0) {
      await insertExceptions(within, operator, fresh, now);
      await markSummaries(within, now, operator.organisationId);
      await appendEvidence(within, [
        {
          organisationId: operator.organisationId,
          at: now,
          kind: 'vex-imported',
          actor: operator.name,
          summary: `${operator.name} imported VEX ${document.id} of ${document.author}: ${fresh.length} statements`,
          detail: {
            document: document.id,
            author: document.author,
            statements: fresh.length,
            faults: [...reading.faults].slice(0, 100),
          },
        },
      ]);
    }
    return listExceptions(within, operator.organisationId, now, { ids: fresh.map(({ id }) => id) });
  });
}

function readOrRefuse(bytes: Uint8Array): ReturnType<typeof readVex> {
  try {
    return readVex(bytes);
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    throw new HttpProblem(422, 'not-vex', { detail: error.message, cause: error });
  }
}

function exceptionsOf(statement: VexStatement, author: string, newId: () => string): readonly NewException[] {
  const { status, vulnerability, justification, detail, products } = statement;
  if (status !== 'not_affected' && status !== 'fixed') return [];
  const reason =
    detail === ''
      ? status === 'fixed'
        ? 'its publisher states that it is fixed'
        : (justification ?? 'its publisher states that it is not affected')
      : detail;
  return products.map((purl) => ({
    id: newId(),
    vulnerability,
    package: null,
    endpointId: null,
    purl,
    kind: 'not-affected',
    justification,
    reason: reason.slice(0, 4000),
    owner: author.slice(0, 200) || 'unnamed author',
    expiresAt: null,
  }));
}

function faultText(faults: readonly string[]): string {
  return faults.length === 0 ? '' : ` ${faults.length} statements could not be used: ${faults.slice(0, 3).join('; ')}`;
}
