import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { StoreError } from '../model/index.ts';

export interface UploadTarget {
  readonly client: S3Client;
  readonly Bucket: string;
  readonly Key: string;
}

/** One piece, which is held in memory so that it can be sent again; S3 wants 5 MiB at least. */
const PART_BYTES = 8 * 1024 * 1024;
/** Most parts of one upload that S3 takes. */
const PARTS_LIMIT = 10_000;

/**
 * Uploads a file with its SHA-256, which services check before the object is there, and makes sure that what is there has it: by the
 * service's own word, or by reading it back where it says nothing.
 *
 * @throws StoreError `damaged` when something else arrived, which is then removed; the client's errors
 */
export async function upload(target: UploadTarget, sha256: string, localPath: string): Promise<void> {
  const file = await open(localPath);
  try {
    const { size } = await file.stat();
    const stated = size <= PART_BYTES ? await whole(target, file, size) : await inParts(target, file, size);
    if (stated || (await readBack(target)) === sha256) return;
  } finally {
    await file.close();
  }
  const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  const { client, Bucket, Key } = target;
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
  throw new StoreError('damaged', `${Key} did not arrive as it was sent: check the service's disks`);
}

async function whole({ client, Bucket, Key }: UploadTarget, file: FileHandle, size: number): Promise<boolean> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const Body = await piece(file, 0, size);
  const checksum = base64Digest(Body);
  const answer = await client.send(new PutObjectCommand({ Bucket, Key, Body, ChecksumSHA256: checksum }));
  return answer.ChecksumSHA256 === checksum;
}

async function inParts({ client, Bucket, Key }: UploadTarget, file: FileHandle, size: number): Promise<boolean> {
  const s3 = await import('@aws-sdk/client-s3');
  const start = { Bucket, Key, ChecksumAlgorithm: 'SHA256' } as const;
  const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(start));
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / PARTS_LIMIT));
  const all = createHash('sha256');
  const Parts: { PartNumber: number; ETag: string | undefined; ChecksumSHA256?: string }[] = [];
  try {
    for (let at = 0; at < size; at += partBytes) {
      const Body = await piece(file, at, Math.min(partBytes, size - at));
      const PartNumber = Parts.length + 1;
      const ChecksumSHA256 = base64Digest(Body);
      all.update(Buffer.from(ChecksumSHA256, 'base64'));
      const command = new s3.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumSHA256 });
      const { ETag, ChecksumSHA256: stated } = await client.send(command);
      Parts.push({ PartNumber, ETag, ...(stated === undefined ? {} : { ChecksumSHA256: stated }) });
    }
    const end = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
    const { ChecksumSHA256 } = await client.send(new s3.CompleteMultipartUploadCommand(end));
    return ChecksumSHA256 === `${all.digest('base64')}-${Parts.length}`;
  } catch (error) {
    await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
    throw error;
  }
}

async function readBack({ client, Bucket, Key }: UploadTarget): Promise<string> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  const hash = createHash('sha256');
  if (Body !== undefined && Symbol.asyncIterator in Body)
    for await (const chunk of Body as AsyncIterable<unknown>) if (chunk instanceof Uint8Array) hash.update(chunk);
  return hash.digest('hex');
}

async function piece(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new StoreError('damaged', 'a file that is being stored became shorter');
    filled += bytesRead;
  }
  return bytes;
}

function base64Digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
