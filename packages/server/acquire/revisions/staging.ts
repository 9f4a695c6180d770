import { ContentFault, type RepositoryPackage } from '@thimble/content';
import type { Client } from 'pg';
import { checkValue } from '../check-value.ts';

/** Packages in one statement: a few hundred kilobytes, so that memory stays flat however large a repository is. */
const BATCH = 2_000;
/** Of text that goes into an index of the database, whose entries are limited to 2,700 bytes. Debian's longest path has 210. */
const BYTES = { path: 1_024, name: 255, version: 255, architecture: 32, source: 255, sourceVersion: 255 } as const;

const CREATE = `create temp table staged_package (
  path text not null, name text not null, version text not null, architecture text not null, source text not null,
  source_version text not null, size_bytes bigint not null, check_kind text not null, check_value text not null)`;
const INSERT = `insert into staged_package
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[],
    $9::text[])`;

/** What a repository offers, put aside until it is known that all of it counts. Gone with the connection. */
export interface Staging {
  /** Waits where the database is slower than the upstream. @throws ContentFault `malformed` */
  add(found: RepositoryPackage): Promise<void> | undefined;
  /** Writes the rest. @throws ContentFault `malformed` one path is two files */
  end(): Promise<void>;
  readonly count: () => number;
}

export async function createStaging(client: Client): Promise<Staging> {
  await client.query('drop table if exists staged_package');
  await client.query(CREATE);
  let batch: RepositoryPackage[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    const rows = batch;
    batch = [];
    if (rows.length > 0) await client.query(INSERT, columnsOf(rows));
  };
  return {
    add: (found) => {
      assertStorable(found);
      batch.push(found);
      count += 1;
      return batch.length >= BATCH ? flush() : undefined;
    },
    end: async () => {
      await flush();
      await client.query('analyze staged_package');
      await assertOnePath(client);
    },
    count: () => count,
  };
}

function columnsOf(rows: readonly RepositoryPackage[]): unknown[] {
  return [
    rows.map(({ path }) => path),
    rows.map(({ name }) => name),
    rows.map(({ version }) => version),
    rows.map(({ architecture }) => architecture),
    rows.map(({ source }) => source),
    rows.map(({ sourceVersion }) => sourceVersion),
    rows.map(({ sizeBytes }) => sizeBytes),
    rows.map(({ check }) => check.kind),
    rows.map(({ check }) => checkValue(check)),
  ];
}

function assertStorable(found: RepositoryPackage): void {
  for (const [key, limit] of Object.entries(BYTES)) {
    const text = found[key as keyof typeof BYTES];
    if (text.length * 3 > limit && Buffer.byteLength(text) > limit)
      throw new ContentFault('malformed', `a package’s ${key} is longer than ${limit} bytes: ${text.slice(0, 80)}…`);
    // PostgreSQL has no text with it, and no name has a reason to.
    if (text.includes('\0')) throw new ContentFault('malformed', `a package’s ${key} has a zero byte in it`);
  }
}

async function assertOnePath(client: Client): Promise<void> {
  const { rows } = await client.query<{ path: string; different: number }>(
    `select path, count(distinct (check_kind, check_value, name, version, architecture))::int as different
     from staged_package group by path having count(*) > 1 order by 2 desc limit 1`,
  );
  const [twice] = rows;
  if (twice === undefined) return;
  if (twice.different > 1)
    throw new ContentFault('malformed', `the index says that ${twice.path} is two different files`, {
      path: twice.path,
    });
  await client.query('delete from staged_package a using staged_package b where a.path = b.path and a.ctid > b.ctid');
}
