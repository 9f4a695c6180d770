import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Feed, FeedDocument, FeedRequest } from '@thimble/advisories';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { documentFromFile } from '../documents/index.ts';
import { type Fetched, type Fetcher, mirrorName } from '../fetch/index.ts';
import type { Validator } from '../store.ts';
import { createFetchAhead, discard } from '../sync/index.ts';

export interface FillOptions {
  readonly fetcher: Fetcher;
  /** Gets a folder for each feed. */
  readonly directory: string;
  /** What is wanted of feeds that are cut by release; null: everything. */
  readonly namespaces: readonly string[] | null;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly onDocument?: (feed: string, path: string, outcome: Fetched['kind']) => void;
}

export interface FilledFeed {
  readonly feed: string;
  readonly documents: number;
  /** That had changed, or are new. */
  readonly fetched: number;
  readonly bytes: number;
}

/** What upstream gave to ask again with, by the request's path. */
const STATE_FILE = '.validators.json';
const State = Type.Record(
  Type.String(),
  Type.Object({
    etag: Type.Union([Type.String(), Type.Null()]),
    lastModified: Type.Union([Type.String(), Type.Null()]),
    sha256: Type.String(),
  }),
);
const states = Compile(State);

/**
 * Copies a feed's documents, as they come from upstream, into a folder from which other sites can synchronise. Each is replaced
 * at once or not at all; what upstream has removed stays.
 *
 * @throws FeedError for what can't be fetched or read; the signal's reason
 */
export async function fillMirror(feed: Feed, options: FillOptions): Promise<FilledFeed> {
  const { fetcher, signal, onDocument = () => undefined } = options;
  const folder = join(options.directory, feed.id);
  await mkdir(folder, { recursive: true });
  const before = await readState(folder);
  const after = new Map<string, Validator>();
  const pathOf = ({ path }: FeedRequest): string => join(folder, mirrorName(path));
  const ahead = createFetchAhead(feed.id, (request) => {
    const validator = existsSync(pathOf(request)) ? before.get(request.path) : undefined;
    return fetcher.fetch(feed, request, { validator: validator ?? null, signal });
  });
  const context = { watermark: null, now: options.now(), namespaces: options.namespaces };
  const filled = { feed: feed.id, documents: 0, fetched: 0, bytes: 0 };
  try {
    feed.start(context).forEach(ahead.add);
    for (let entry = await ahead.next(); entry !== null; entry = await ahead.next()) {
      const { request, fetched } = entry;
      onDocument(feed.id, request.path, fetched.kind);
      if (fetched.kind === 'absent') {
        if (request.otherwise !== undefined) ahead.add(request.otherwise);
        continue;
      }
      filled.documents += 1;
      const path = pathOf(request);
      const validator = fetched.kind === 'document' ? await keep(fetched, request, path) : before.get(request.path);
      if (fetched.kind === 'document') {
        filled.fetched += 1;
        filled.bytes += fetched.bytes;
      }
      if (validator !== undefined) after.set(request.path, validator);
      for await (const item of feed.read(documentFromFile(path, request), context)) {
        signal.throwIfAborted();
        if (item.kind === 'request') ahead.add(item.request);
      }
    }
    return filled;
  } finally {
    await ahead.close();
    await writeState(folder, new Map([...before, ...after]));
  }
}

async function keep(
  fetched: Extract<Fetched, { kind: 'document' }>,
  request: FeedRequest,
  path: string,
): Promise<Validator> {
  const partial = `${path}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    if (fetched.packing === request.packing) await copyFile(fetched.path, partial);
    else await unpackTo(fetched.document, partial);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
    await discard(fetched);
  }
  return fetched.validator;
}

/** Packed for the transfer alone: a mirror has it as it is. */
async function unpackTo(document: FeedDocument, path: string): Promise<void> {
  await pipeline(document.chunks(), createWriteStream(path));
}

/** A missing or spoilt file means that everything is fetched, as does a document that somebody has removed. */
async function readState(folder: string): Promise<ReadonlyMap<string, Validator>> {
  try {
    const state: unknown = JSON.parse(await readFile(join(folder, STATE_FILE), 'utf8'));
    if (!states.Check(state)) return new Map();
    return new Map(Object.entries(state));
  } catch {
    return new Map();
  }
}

async function writeState(folder: string, validators: ReadonlyMap<string, Validator>): Promise<void> {
  const state: Static<typeof State> = Object.fromEntries(validators);
  const path = join(folder, STATE_FILE);
  await writeFile(`${path}.partial`, JSON.stringify(state));
  await rename(`${path}.partial`, path);
}
