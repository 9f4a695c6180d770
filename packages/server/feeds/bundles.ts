import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AdvisoryStoreError, BundleError, exportBundle, importBundle } from '@thimble/feeds';
import type { FeedImportResult } from '@thimble/protocol';
import { createAdvisoryStore } from '../advisories/index.ts';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { appendEvidence } from '../report/index.ts';
import { assessAgain, publishFeed } from './run-sync.ts';

/** All of OSV, NVD and the vendors' feeds together have about 2 GB packed. */
const BUNDLE_LIMIT_BYTES = 8 * 1024 ** 3;
const PRODUCER = 'Thimble/0.1';

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

/** Takes in a bundle that somebody trusted signed, and writes down that it was. @throws HttpProblem 413, 422, 409 */
export async function takeBundle(
  context: ServerContext,
  operator: Operator,
  body: Readable,
  force: boolean,
): Promise<FeedImportResult> {
  const trusted = (context.settings.feedKeys ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (trusted.length === 0)
    throw new HttpProblem(422, 'no-trusted-key', {
      detail: 'No key is trusted yet, so no bundle can be imported.',
      hint: 'Name the exporting side’s fingerprint (thimble feeds key) in the setting feed-keys.',
    });
  const directory = await temporary(context);
  try {
    const path = join(directory, 'bundle');
    await pipeline(body, limited(BUNDLE_LIMIT_BYTES), createWriteStream(path, { mode: 0o600 }), {
      signal: context.stopping,
    });
    const store = createAdvisoryStore(context.database, context.clock);
    const { manifest, feeds } = await importBundle(path, { store, trusted, force, signal: context.stopping });
    await assessAgain(context);
    for (const { feed } of feeds) await publishFeed(context, feed);
    const result: FeedImportResult = {
      producedAt: manifest.createdAt,
      signer: manifest.producer,
      feeds: feeds.map(({ feed, outcome, after }) => ({
        id: feed,
        advisories: after.advisoryCount,
        facts: after.factCount,
        outcome,
      })),
    };
    await appendEvidence(context.database.kysely, [
      {
        organisationId: operator.organisationId,
        at: context.clock(),
        kind: 'feeds-imported',
        actor: operator.name,
        summary: `${operator.name} imported advisories of ${manifest.createdAt}: ${feeds.length} feeds`,
        detail: { ...result, digests: manifest.feeds.map(({ feed, sha256 }) => ({ feed, sha256 })) },
      },
    ]);
    return result;
  } catch (error) {
    throw problemOf(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function problemOf(error: unknown): unknown {
  if (error instanceof BundleError)
    return new HttpProblem(error.code === 'bundle-older' ? 409 : 422, error.code, {
      detail: error.message,
      hint: error.hint,
      cause: error,
    });
  if (error instanceof AdvisoryStoreError)
    return new HttpProblem(409, error.code, { detail: error.message, hint: error.hint, cause: error });
  return error;
}

/** Everything that is known now, signed with the key of this server's orders; its type says that it is no order. */
export async function giveBundle(context: ServerContext, feeds: readonly string[] | null): Promise<Readable> {
  const directory = await temporary(context);
  const body = new PassThrough();
  const options = {
    records: createAdvisoryStore(context.database, context.clock),
    feeds,
    key: context.orderKey,
    now: context.clock(),
    producer: PRODUCER,
    temporaryDirectory: directory,
    signal: context.stopping,
  };
  const write = (chunk: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      body.write(chunk, (error) => (error === undefined || error === null ? resolve() : reject(error)));
    });
  void exportBundle(options, write)
    .then(
      () => body.end(),
      (error: unknown) => body.destroy(error instanceof Error ? error : new Error(String(error))),
    )
    .finally(() => rm(directory, { recursive: true, force: true }));
  return body;
}

async function temporary({ settings }: Pick<ServerContext, 'settings'>): Promise<string> {
  const parent = join(settings.data, 'feeds');
  await mkdir(parent, { recursive: true, mode: 0o700 });
  return mkdtemp(join(parent, 'bundle-'));
}

function limited(limitBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= limitBytes) done(null, chunk);
      else done(new HttpProblem(413, 'too-large', { detail: `A bundle may have ${limitBytes} bytes.` }));
    },
  });
}
