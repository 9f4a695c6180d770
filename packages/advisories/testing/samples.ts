import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { Feed, FeedDocument } from '../feed/index.ts';
import { archiveOf, documentOf } from './documents.ts';

/** A line of a feed's `fixtures/samples.json`. */
export const Sample = Type.Object(
  {
    /** Which feed of the folder's family reads it; the folder's own when absent. */
    feed: Type.Optional(Type.String()),
    role: Type.String(),
    path: Type.String(),
    /** A file of `fixtures/`; for an archive a folder, whose files are its entries. */
    file: Type.String(),
    packing: Type.Optional(
      Type.Union([Type.Literal('plain'), Type.Literal('gzip'), Type.Literal('zip'), Type.Literal('tar.gz')]),
    ),
    note: Type.Optional(Type.String()),
    watermark: Type.Optional(Type.String()),
    expect: Type.Object(
      {
        advisories: Type.Integer({ minimum: 0 }),
        facts: Type.Integer({ minimum: 0 }),
        faults: Type.Integer({ minimum: 0 }),
        requests: Type.Optional(Type.Integer({ minimum: 0 })),
        removed: Type.Optional(Type.Integer({ minimum: 0 })),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type Sample = Static<typeof Sample>;

export interface SampleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The samples of a feed's folder. */
export function samplesOf(folder: string): readonly Sample[] {
  return Value.Parse(Type.Array(Sample), JSON.parse(readFileSync(join(folder, 'fixtures/samples.json'), 'utf8')));
}

export function filesOf(folder: string, sample: Sample): readonly SampleFile[] {
  const path = join(folder, 'fixtures', sample.file);
  if (!statSync(path).isDirectory()) return [{ name: sample.file, bytes: readFileSync(path) }];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(path, name)).isFile())
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(path, name)) }));
}

/** The sample as a fetched document; with other content where `files` says so. */
export function sampleDocument(sample: Sample, files: readonly SampleFile[]): FeedDocument {
  const { role, path, note, packing = 'plain' } = sample;
  const request = { role, path, packing, ...(note === undefined ? {} : { note }) };
  return packing === 'zip' || packing === 'tar.gz'
    ? archiveOf(files, request)
    : documentOf(files[0]?.bytes ?? new Uint8Array(), request);
}

/** The folder of each registered feed: the longest name that its id is, or begins with and a dash. */
export function folderOfFeed(feed: Feed, folders: readonly string[]): string | null {
  const fitting = folders.filter((folder) => feed.id === folder || feed.id.startsWith(`${folder}-`));
  return fitting.sort((a, b) => b.length - a.length)[0] ?? null;
}
