import { FeedError, type FeedErrorCode } from '@thimble/advisories';
import { UpstreamError, type UpstreamErrorCode } from '@thimble/upstream';

/** What asking or unpacking threw, as a fault of the feed's document. Other errors pass as they are. */
export function asFeedError(error: UpstreamError): FeedError;
export function asFeedError(error: unknown): unknown;
export function asFeedError(error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error;
  return new FeedError(CODES[error.code], error.message, { cause: error.cause ?? error });
}

const CODES: Readonly<Record<UpstreamErrorCode, FeedErrorCode>> = {
  malformed: 'malformed',
  'too-large': 'too-large',
  unsupported: 'unsupported',
  unreachable: 'unreachable',
  broken: 'unreachable',
  refused: 'unreachable',
};
