import { StoreError } from '../model/index.ts';

/** What an S3 service or the way to it says, as an error of the store. */
export function s3Error(description: string, error: unknown): unknown {
  if (error instanceof StoreError || (error instanceof Error && 'syscall' in error && 'path' in error)) return error;
  const name = error instanceof Error ? error.name : 'Error';
  const reason = error instanceof Error ? error.message : String(error);
  const status = statusOf(error);
  if (status === 507 || /StorageFull|QuotaExceeded|InsufficientStorage/i.test(name))
    return new StoreError('disk-full', `${description} is full: make room, or raise its quota`, { cause: error });
  const advice =
    status === 401 || status === 403
      ? 'Check the access key and what it may do: get, put, delete and list objects.'
      : name === 'NoSuchBucket'
        ? 'Make the bucket, or correct its name.'
        : 'Check the endpoint and the network; content that is there already is served again when it answers.';
  return new StoreError('unavailable', `${description} can't be used: ${name}: ${reason}. ${advice}`, { cause: error });
}

export function isAbsent(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'NoSuchBucket') return false;
  return error.name === 'NotFound' || error.name === 'NoSuchKey' || statusOf(error) === 404;
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
