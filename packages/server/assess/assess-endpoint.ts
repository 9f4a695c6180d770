import { compareVersions, isVersion } from '@thimble/versions';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { type Effectiveness, whyNotEffective } from './effectiveness.ts';
import { type Replaced, repairedBy, replacedPackages, vulnerabilitiesText } from './findings/by-verdicts.ts';

interface PendingRow {
  readonly name: string;
  readonly architecture: string;
  readonly source: string;
  readonly installed: string;
  readonly candidate: string;
  readonly sourceVersion: string;
  readonly security: boolean;
  /** What advisories say that it repairs; empty: nothing, or they do not know. */
  readonly repairs: readonly string[];
}

interface OpenFinding {
  readonly id: string;
  readonly package: string;
  readonly architecture: string;
  readonly installed: string;
  readonly fixed: string;
  readonly state: 'open' | 'scheduled' | 'installed-not-effective';
  readonly explanation: string;
  /** What is installed now; null: nothing of that name. */
  readonly version: string | null;
  /** Of the boot during which it was first seen installed; null: it was not yet. */
  readonly bootIdAtInstallation: string | null;
}

type EndReason = 'effective' | 'removed' | 'corrected';

interface Change {
  readonly id: string;
  readonly state: OpenFinding['state'] | 'closed';
  readonly fixed: string;
  readonly explanation: string;
  readonly endReason: EndReason | null;
}

/**
 * Brings an endpoint's findings up to date with the three documents that hold for it. They belong together: the caller
 * made sure that its newest check-in named them all.
 */
export async function assessEndpoint(
  within: Kysely<Tables>,
  context: Pick<ServerContext, 'clock' | 'newId'>,
  { endpointId, organisationId }: { readonly endpointId: string; readonly organisationId: string },
): Promise<void> {
  const system = await readSystem(within, endpointId);
  if (system === undefined) return;
  const pending = await readPending(within, endpointId);
  const open = await readOpen(within, endpointId);
  const scheduled = await readScheduled(within, endpointId);
  const now = context.clock();
  const byKey = new Map(pending.map((update) => [`${update.name}\0${update.architecture}`, update]));
  const changes = open.map((finding) =>
    judge(finding, byKey.get(`${finding.package}\0${finding.architecture}`), system, scheduled),
  );
  const known = new Set(open.map((finding) => `${finding.package}\0${finding.architecture}`));
  const fresh = pending.filter(
    ({ name, architecture, security }) => security && !known.has(`${name}\0${architecture}`),
  );
  const endpoint = { endpointId, organisationId };
  const running = await runningReplaced(within, endpoint, system, known, now);
  await insertFindings(
    within,
    context,
    endpoint,
    [...fresh.map((update) => freshFinding(update, scheduled)), ...running],
    now,
  );
  await writeChanges(within, changes, open, now);
  const ended = changes.filter(({ state }) => state === 'closed');
  if (ended.length === 0) return;
  const names = open.filter(({ id }) => ended.some((change) => change.id === id));
  await appendEvidence(within, [
    {
      organisationId,
      at: now,
      kind: 'finding-closed',
      actor: 'assessment',
      endpointId,
      summary: `${ended.length} ${ended.length === 1 ? 'finding' : 'findings'} closed: ${names
        .slice(0, 10)
        .map((finding) => finding.package)
        .join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`,
      detail: {
        findings: ended.map(({ id, endReason, fixed, explanation }) => ({ id, endReason, fixed, explanation })),
      },
    },
  ]);
}

/** The life of one finding, decided anew from what is true now. */
export function judge(
  finding: OpenFinding,
  update: PendingRow | undefined,
  system: Effectiveness,
  scheduled: ReadonlySet<string>,
): Change {
  const same = { id: finding.id, fixed: finding.fixed, endReason: null };
  if (update?.security === true) {
    // An index that went back does not make an older version a fix.
    const fixed = orderOf(finding.fixed, update.candidate) === 1 ? finding.fixed : update.candidate;
    if (scheduled.has(finding.package))
      return { ...same, fixed, state: 'scheduled', explanation: `an approved order installs ${fixed}` };
    return { ...same, fixed, state: 'open', explanation: openText({ ...update, candidate: fixed }) };
  }
  if (finding.version === null) {
    // Its code may run on without its files.
    const why = whyNotEffective(finding.package, system, finding.bootIdAtInstallation);
    return why === null
      ? { ...same, state: 'closed', explanation: 'the package is not installed any more', endReason: 'removed' }
      : { ...same, state: 'installed-not-effective', explanation: `the package is not installed any more; ${why}` };
  }
  const order = orderOf(finding.version, finding.fixed);
  if (order === null)
    return {
      ...same,
      state: 'open',
      explanation: `unknown: ${finding.version} can not be compared with ${finding.fixed}`,
    };
  if (order < 0) {
    if (update !== undefined && update.candidate === finding.fixed)
      return {
        ...same,
        state: 'closed',
        explanation: `${finding.fixed} is not offered for security any more`,
        endReason: 'corrected',
      };
    // No answer is no all-clear: an older index or a dead mirror shows fewer updates too.
    return {
      ...same,
      state: 'open',
      explanation: `${finding.version} is installed; ${finding.fixed}, which fixes it, is not offered by its repositories now`,
    };
  }
  const why = whyNotEffective(finding.package, system, finding.bootIdAtInstallation);
  if (why !== null) return { ...same, state: 'installed-not-effective', explanation: why };
  return {
    ...same,
    state: 'closed',
    explanation: `${finding.version} is installed and nothing runs the code before it`,
    endReason: 'effective',
  };
}

/** null: one of them is not a version. */
function orderOf(a: string, b: string): -1 | 0 | 1 | null {
  return isVersion('deb', a) && isVersion('deb', b) ? compareVersions('deb', a, b) : null;
}

/** A finding that begins. */
interface FreshFinding {
  readonly name: string;
  readonly architecture: string;
  readonly source: string;
  readonly installed: string;
  readonly candidate: string;
  readonly state: 'open' | 'scheduled' | 'installed-not-effective';
  readonly explanation: string;
}

function freshFinding(update: PendingRow, scheduled: ReadonlySet<string>): FreshFinding {
  const state = scheduled.has(update.name) ? 'scheduled' : 'open';
  return { ...update, state, explanation: openText(update) };
}

function openText({ installed, candidate, repairs }: Pick<PendingRow, 'installed' | 'candidate' | 'repairs'>): string {
  const what = repairs.length === 0 ? 'it' : vulnerabilitiesText(repairs);
  return `${installed} is installed, ${candidate} fixes ${what}`;
}

/** Packages that had vulnerabilities and were replaced while their code runs on: patched means effective. */
async function runningReplaced(
  within: Kysely<Tables>,
  { endpointId, organisationId }: { readonly endpointId: string; readonly organisationId: string },
  system: Effectiveness,
  known: ReadonlySet<string>,
  now: Date,
): Promise<readonly FreshFinding[]> {
  const replaced = await replacedPackages(within, endpointId);
  if (replaced === null) {
    // Whether the new version has them too is known in a moment: it is judged again then.
    await sql`insert into endpoint_due (endpoint_id, organisation_id, since)
      values (${endpointId}, ${organisationId}, ${now}) on conflict do nothing`.execute(within);
    return [];
  }
  return replaced.flatMap((each) => runningFinding(each, system, known));
}

function runningFinding(
  replaced: Replaced,
  system: Effectiveness,
  known: ReadonlySet<string>,
): readonly FreshFinding[] {
  const { name, architecture, source, before, now: version, vulnerabilities } = replaced;
  if (known.has(`${name}\0${architecture}`)) return [];
  const why = whyNotEffective(name, system);
  if (why === null) return [];
  const what = version === null ? `${before} was removed` : `${before} was replaced by ${version}`;
  const explanation = `${why}; ${what}, which ended ${vulnerabilitiesText(vulnerabilities)}`;
  const state = 'installed-not-effective';
  return [{ name, architecture, source, installed: before, candidate: version ?? before, state, explanation }];
}

async function insertFindings(
  within: Kysely<Tables>,
  context: Pick<ServerContext, 'newId'>,
  { endpointId, organisationId }: { readonly endpointId: string; readonly organisationId: string },
  fresh: readonly FreshFinding[],
  now: Date,
): Promise<void> {
  if (fresh.length === 0) return;
  const rows = fresh.map((finding) => ({ ...finding, id: context.newId() }));
  await sql`
    insert into finding (id, organisation_id, endpoint_id, package, architecture, source, installed, fixed, state,
      explanation, opened_at, installed_at)
    select r.id, ${organisationId}::uuid, ${endpointId}::uuid, r.name, r.architecture, r.source, r.installed, r.candidate,
      r.state, r.explanation, ${now}::timestamptz,
      case when r.state = 'installed-not-effective' then ${now}::timestamptz end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, name text, architecture text, source text,
      installed text, candidate text, state text, explanation text)
    on conflict (endpoint_id, package, architecture) where closed_at is null do nothing`.execute(within);
}

async function writeChanges(
  within: Kysely<Tables>,
  changes: readonly Change[],
  open: readonly OpenFinding[],
  now: Date,
): Promise<void> {
  const before = new Map(open.map((finding) => [finding.id, finding]));
  const changed = changes.filter((change) => {
    const old = before.get(change.id);
    return old?.state !== change.state || old.fixed !== change.fixed || old.explanation !== change.explanation;
  });
  if (changed.length === 0) return;
  await sql`
    update finding f set state = c.state, fixed = c.fixed, explanation = c.explanation, end_reason = c."endReason",
      closed_at = case when c.state = 'closed' then ${now}::timestamptz end,
      installed_at = case when c.state = 'installed-not-effective' or c."endReason" = 'effective'
        then coalesce(f.installed_at, ${now}::timestamptz) end
    from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as c (id uuid, state text, fixed text, explanation text,
      "endReason" text)
    where f.id = c.id`.execute(within);
}

async function readSystem(within: Kysely<Tables>, endpointId: string): Promise<Effectiveness | undefined> {
  const { rows } = await sql<{ system: Effectiveness }>`
    select jsonb_build_object('kernel', document->'kernel', 'staleProcesses', document->'staleProcesses',
      'packageManager', document->'packageManager', 'gaps', document->'gaps',
      'rebootRequired', document->'rebootRequired', 'bootId', document->'bootId') as system
    from endpoint_system where endpoint_id = ${endpointId} and valid_to is null`.execute(within);
  return rows[0]?.system;
}

/** An update is one of security when its publisher says so, and when advisories say that it repairs something. */
async function readPending(within: Kysely<Tables>, endpointId: string): Promise<readonly PendingRow[]> {
  const { rows } = await sql<Omit<PendingRow, 'repairs'>>`
    select v.name, v.architecture, v.source, v.source_version as "sourceVersion", v.installed, v.candidate, v.security
    from endpoint_updates u
    join update_list l on l.organisation_id = u.organisation_id and l.sha256 = u.sha256
    join update_version v on v.id = any(l.update_ids)
    where u.endpoint_id = ${endpointId} and u.valid_to is null
    order by v.name, v.architecture`.execute(within);
  const repaired = await repairedBy(within, endpointId, rows);
  return rows.map((row) => {
    const repairs = repaired.get(`${row.name}\0${row.architecture}`) ?? [];
    return { ...row, repairs, security: row.security || repairs.length > 0 };
  });
}

async function readOpen(within: Kysely<Tables>, endpointId: string): Promise<readonly OpenFinding[]> {
  const { rows } = await sql<OpenFinding>`
    select f.id, f.package, f.architecture, f.installed, f.fixed, f.state, f.explanation,
      (select p.version from endpoint_manifest em
        join manifest m on m.organisation_id = em.organisation_id and m.sha256 = em.sha256
        join package_version p on p.organisation_id = m.organisation_id and p.name = f.package
          and p.architecture = f.architecture and p.id = any(m.package_ids)
        where em.endpoint_id = f.endpoint_id and em.valid_to is null limit 1) as version,
      (select s.document->>'bootId' from endpoint_system s
        where s.endpoint_id = f.endpoint_id and s.valid_from <= f.installed_at
        order by s.valid_from desc limit 1) as "bootIdAtInstallation"
    from finding f where f.endpoint_id = ${endpointId} and f.closed_at is null`.execute(within);
  return rows;
}

/** Marks the findings that approved orders under way will fix, and takes the mark from others. */
export async function scheduleFindings(within: Kysely<Tables>, endpointId: string): Promise<void> {
  const scheduled = [...(await readScheduled(within, endpointId))];
  await sql`
    update finding set state = 'scheduled', explanation = 'an approved order installs ' || fixed
    where endpoint_id = ${endpointId} and state = 'open' and package = any(${scheduled}::text[])`.execute(within);
  await sql`
    update finding set state = 'open', explanation = installed || ' was installed, ' || fixed || ' fixes it'
    where endpoint_id = ${endpointId} and state = 'scheduled' and not package = any(${scheduled}::text[])`.execute(
    within,
  );
}

/** Packages that an approved order under way changes. */
async function readScheduled(within: Kysely<Tables>, endpointId: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select change->>'name' as name
    from endpoint_order o
    join run_target t on t.run_id = o.run_id and t.endpoint_id = o.endpoint_id
    join lateral (
      select p.outcome from endpoint_order p
      where p.run_id = o.run_id and p.endpoint_id = o.endpoint_id and p.kind = 'plan' and p.outcome_at is not null
        and p.transaction_digest = o.transaction_digest
      order by p.generation desc limit 1) plan on true
    cross join lateral jsonb_array_elements(plan.outcome->'result'->'transaction'->'changes') as change
    where o.endpoint_id = ${endpointId} and o.kind = 'apply' and o.outcome_at is null and o.closed_at is null`.execute(
    within,
  );
  return new Set(rows.map(({ name }) => name));
}
