import { FeedError } from '../feed/index.ts';
import { readCsafVex } from './csaf-read.ts';
import { readCycloneDxVex } from './cyclonedx-read.ts';
import type { VexReading } from './statement.ts';

/** The largest published ones (Red Hat, the Linux kernel) have some 20 MiB. */
export const VEX_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * The statements of a VEX document: CycloneDX 1.4 and later (JSON), or CSAF 2.0 and 2.1.
 *
 * @throws FeedError `too-large`, `malformed`, or `unsupported` for another kind of document. Single statements that can't be
 * used are told in `faults`
 */
export function readVex(bytes: Uint8Array): VexReading {
  if (bytes.byteLength > VEX_LIMIT_BYTES)
    throw new FeedError('too-large', `the VEX document has more than ${VEX_LIMIT_BYTES} bytes`);
  const json = parsed(bytes);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new FeedError('malformed', 'the VEX document is no JSON object');
  if ('bomFormat' in json) return readCycloneDxVex(json);
  if ('document' in json) return readCsafVex(json);
  throw new FeedError('unsupported', 'this is neither a CycloneDX nor a CSAF document');
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FeedError('malformed', 'the VEX document is no JSON text', { cause });
  }
}
