import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { createTurns } from '@thimble/upstream';
import { type ContentStore, StoreError } from '../model/index.ts';
import { digestOf, objectName, OBJECTS } from './object-name.ts';
import { isAbsent, s3Error } from './s3-error.ts';
import { clientSettings, type S3StoreSettings } from './s3-settings.ts';
import { upload } from './s3-upload.ts';
import { removeForgotten } from './work-files.ts';

/**
 * A store in a bucket of any service that speaks S3: keys are `PREFIXobjects/ab/cdef…`. The client is loaded only here, so that who
 * keeps content in a folder pays nothing for it. Several processes may use one bucket.
 *
 * @throws StoreError `unavailable`
 */
export async function openS3Store(settings: S3StoreSettings): Promise<ContentStore> {
  const s3 = await import('@aws-sdk/client-s3');
  const client = new s3.S3Client(clientSettings(settings));
  const { bucket: Bucket, prefix } = settings;
  const turns = createTurns(1);
  const description = `s3 ${Bucket}/${prefix}`;
  const workDirectory = resolve(settings.workDirectory);
  await mkdir(workDirectory, { recursive: true, mode: 0o700 });
  await removeForgotten(workDirectory);
  const at = (sha256: string) => ({ Bucket, Key: prefix + objectName(sha256) });
  const told = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    try {
      return await act();
    } catch (error) {
      throw s3Error(description, error);
    }
  };
  const has = (key: ReturnType<typeof at>): Promise<number | null> =>
    told(async () => {
      try {
        return (await client.send(new s3.HeadObjectCommand(key))).ContentLength ?? null;
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    });

  return {
    description,
    workDirectory,
    localPath: (sha256) => {
      objectName(sha256);
      return null;
    },
    has: async (sha256) => has(at(sha256)),
    adopt: async (sha256, localPath) => {
      const key = at(sha256);
      // One after another: some services let uploads of one key mix, and whoever reads back then sees neither.
      await turns(sha256, () =>
        told(async () => {
          if ((await has(key)) === null) await upload({ client, ...key }, sha256, localPath);
          await rm(localPath, { force: true });
        }),
      );
    },
    read: async (sha256, range) => {
      const key = at(sha256);
      return told(async () => {
        const Range = range === undefined ? {} : { Range: `bytes=${range.first}-${range.last}` };
        try {
          const { Body, ContentLength } = await client.send(new s3.GetObjectCommand({ ...key, ...Range }));
          if (Body instanceof Readable) {
            if (range === undefined || ContentLength === range.last - range.first + 1) return Body;
            Body.destroy();
            throw new StoreError('unavailable', `${description} gives other bytes of an object than it was asked for`);
          }
        } catch (error) {
          if (!isAbsent(error)) throw error;
        }
        throw new StoreError('missing', `the store has no object ${sha256}`);
      });
    },
    remove: async (sha256) => {
      const key = at(sha256);
      await told(() => client.send(new s3.DeleteObjectCommand(key)));
    },
    list: async function* list() {
      let ContinuationToken: string | undefined;
      do {
        const page: { Bucket: string; Prefix: string; ContinuationToken?: string } = {
          Bucket,
          Prefix: `${prefix}${OBJECTS}/`,
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        };
        const answer = await told(() => client.send(new s3.ListObjectsV2Command(page)));
        for (const { Key = '', Size = 0, LastModified = new Date(0) } of answer.Contents ?? []) {
          const [shard = '', rest = '', ...more] = Key.slice(page.Prefix.length).split('/');
          const sha256 = more.length === 0 ? digestOf(shard, rest) : null;
          if (sha256 !== null) yield { sha256, sizeBytes: Size, storedAt: LastModified };
        }
        ContinuationToken = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
    },
    space: async () => null,
  };
}
