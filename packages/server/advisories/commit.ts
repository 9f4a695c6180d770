import type { ClientBase } from 'pg';

/**
 * Brings what was staged into the tables, within the caller's transaction: what is equal stays, what changed or is gone
 * ends, and the names and subjects concerned are queued for the reconciler.
 *
 * @returns whether anything changed.
 */
export async function commitStaging(
  client: ClientBase,
  feed: string,
  mode: 'snapshot' | 'delta',
  at: Date,
): Promise<boolean> {
  await client.query('analyze stage_seen, stage_advisory, stage_claim, stage_fact, stage_removed');
  const advisories = await commitAdvisories(client, feed, mode, at);
  const facts = await commitFacts(client, feed, mode, at);
  return advisories || facts;
}

async function commitAdvisories(
  client: ClientBase,
  feed: string,
  mode: 'snapshot' | 'delta',
  at: Date,
): Promise<boolean> {
  const run = async (text: string, ...values: readonly unknown[]): Promise<number> =>
    (await client.query(text, [...values])).rowCount ?? 0;
  await run(
    `insert into advisory (feed, record_id) select $1, record_id from stage_advisory group by record_id
    on conflict do nothing`,
    feed,
  );
  // The last word on each record; null: it was taken back after it was written.
  await run(`create temporary table stage_final on commit drop as
    select distinct on (record_id) n, record_id, changed, gone from (
      select n, record_id, changed, false as gone from stage_seen
      union all select n, record_id, true, true from stage_removed) as word
    order by record_id, n desc`);
  await run('analyze stage_final');
  // Ends: replaced, taken back, or (of a snapshot) not there any more.
  await run(
    `create temporary table stage_ended on commit drop as
     select v.advisory_id, coalesce(f.gone, true) as gone from advisory a
     join advisory_version v on v.advisory_id = a.id and v.valid_to is null
     left join stage_final f on f.record_id = a.record_id
     where a.feed = $1 and (f.changed or ($2 and f.record_id is null))`,
    feed,
    mode === 'snapshot',
  );
  await run('analyze stage_ended');
  const ended = await run(
    `update advisory_version v set valid_to = $1 from stage_ended e where v.advisory_id = e.advisory_id and v.valid_to is null`,
    at,
  );
  const written = await run(
    `insert into advisory_version (advisory_id, digest, name, aliases, vulnerabilities, severity, withdrawn, record, sha256, document,
       valid_from)
     select a.id, s.digest, s.name, s.aliases, s.vulnerabilities, s.severity, s.withdrawn, s.record, s.sha256, s.document, $2
     from stage_final f join stage_advisory s on s.n = f.n
     join advisory a on a.feed = $1 and a.record_id = f.record_id where f.changed and not f.gone`,
    feed,
    at,
  );
  await commitClaims(client, feed, at);
  return ended + written > 0;
}

async function commitClaims(client: ClientBase, feed: string, at: Date): Promise<void> {
  await client.query(
    `create temporary table stage_new on commit drop as
     select distinct on (a.id, c.digest) a.id as advisory_id, c.digest, c.namespace, c.name_kind, c.name, c.body
     from stage_final f join advisory a on a.feed = $1 and a.record_id = f.record_id
     join stage_claim c on c.n = f.n where f.changed and not f.gone`,
    [feed],
  );
  await client.query('create index on stage_new (advisory_id, digest)');
  await client.query('analyze stage_new');
  const due = `insert into assessment_due (namespace, name, name_kind, since)
    select distinct namespace, name, name_kind, $1::timestamptz from moved order by 1, 2, 3 on conflict do nothing`;
  await client.query(
    `with moved as (
       update claim c set valid_to = $1 from stage_ended e
       where c.advisory_id = e.advisory_id and c.valid_to is null
         and not exists (select 1 from stage_new s where s.advisory_id = c.advisory_id and s.digest = c.digest)
       returning c.namespace, c.name, c.name_kind) ${due}`,
    [at],
  );
  await client.query(
    `with moved as (
       insert into claim (advisory_id, namespace, name_kind, name, digest, body, valid_from)
       select s.advisory_id, s.namespace, s.name_kind, s.name, s.digest, s.body, $1 from stage_new s
       where not exists (select 1 from claim c where c.advisory_id = s.advisory_id and c.digest = s.digest
         and c.valid_to is null)
       order by s.namespace, s.name, s.name_kind
       returning namespace, name, name_kind) ${due}`,
    [at],
  );
}

/**
 * Scores of EPSS all move every day: those of vulnerabilities that somebody's software has are kept with their intervals,
 * the hundreds of thousands of others only as they are now. The publisher has the past ones by date.
 */
async function commitFacts(client: ClientBase, feed: string, mode: 'snapshot' | 'delta', at: Date): Promise<boolean> {
  await client.query(`create temporary table stage_fact_final on commit drop as
    select distinct on (kind, subject) kind, subject, body, record, sha256 from stage_fact order by kind, subject, n desc`);
  await client.query('create unique index on stage_fact_final (kind, subject)');
  await client.query('analyze stage_fact_final');
  const same = `(f.body - 'scoredOn') = (s.body - 'scoredOn') and (f.kind = 'epss' or f.sha256 = s.sha256)`;
  const inPlace = `s.kind = 'epss' and not exists (select 1 from vulnerability v where v.id = s.subject)`;
  const moved: string[] = [];
  const run = async (text: string, values: readonly unknown[]): Promise<void> => {
    const { rows } = await client.query<{ count: number }>(text, [...values]);
    moved.push(...rows.filter(({ count }) => count > 0).map(() => text));
  };
  const due = `insert into priority_due (vulnerability, since)
      select distinct subject, $2::timestamptz from moved where kind not in ('support', 'supersedence') and exists (
        select 1 from vulnerability v where v.id = subject) order by 1
      on conflict do nothing`;
  await run(
    `with moved as (
       update fact f set valid_to = $2 where f.feed = $1 and f.valid_to is null and (
         exists (select 1 from stage_fact_final s where s.kind = f.kind and s.subject = f.subject
           and not (${same}) and not (${inPlace}))
         or ($3 and not exists (select 1 from stage_fact_final s where s.kind = f.kind and s.subject = f.subject)))
       returning kind, subject), queued as (${due}), lapsed as (${supportDue('$2')})
     select count(*) from moved`,
    [feed, at, mode === 'snapshot'],
  );
  await run(
    `with moved as (
       update fact f set body = s.body, record = s.record, sha256 = s.sha256 from stage_fact_final s
       where f.feed = $1 and f.kind = s.kind and f.subject = s.subject and f.valid_to is null and not (${same})
       returning f.kind, f.subject)
     select count(*) from moved`,
    [feed],
  );
  await run(
    `with moved as (
       insert into fact (feed, kind, subject, body, record, sha256, valid_from)
       select $1, s.kind, s.subject, s.body, s.record, s.sha256, $2 from stage_fact_final s
       where not exists (select 1 from fact f where f.kind = s.kind and f.subject = s.subject and f.feed = $1
         and f.valid_to is null)
       returning kind, subject), queued as (${due}), lapsed as (${supportDue('$2')})
     select count(*) from moved`,
    [feed, at],
  );
  return moved.length > 0;
}

/** Whether a release is supported decides about the gaps of all its software. */
function supportDue(at: string): string {
  return `insert into assessment_due (namespace, name, name_kind, since)
    select distinct k.namespace, k.name, k.name_kind, ${at}::timestamptz from moved m join software_key k
      on m.kind = 'support' and k.namespace = split_part(m.subject, '/', 1)
        and (position('/' in m.subject) = 0 or k.name = substring(m.subject from '[^/]*$'))
    order by 1, 2, 3 on conflict do nothing`;
}
