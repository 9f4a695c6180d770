import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { askable } from '@thimble/upstream';

export interface S3StoreSettings {
  readonly bucket: string;
  /** Before every object's key, with a slash at its end; empty: none. */
  readonly prefix: string;
  /** Of the service; null: Amazon's of the region. */
  readonly endpoint: string | null;
  readonly region: string;
  /** null: from the environment, as Amazon's own tools find them. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  /** On this machine, for what is being fetched; made where there is none. */
  readonly workDirectory: string;
}

/** For a connection: services within reach answer in milliseconds. */
const CONNECT_MS = 10_000;
/** Longest silence within an answer. */
const SILENCE_MS = 60_000;
/** The client's own, for answers 5xx and 429 and broken connections. */
const ATTEMPTS = 4;

export function clientSettings({ endpoint, region, credentials }: S3StoreSettings): S3ClientConfig {
  // Amazon's own addresses are of the client's making; whoever answers for another name can't lead to a metadata service.
  const agent = endpoint === null ? {} : { lookup: askable(new URL(endpoint).hostname).lookup };
  return {
    region,
    // By path, not by name of the bucket: what is not Amazon's rarely has a DNS name for each bucket.
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === null ? {} : { credentials }),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, httpAgent: agent, httpsAgent: agent },
    // SHA-256 is given with each upload; checksums in trailers, the client's default, are refused by older services.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}
