import { isLocalError, UpstreamError, type UpstreamErrorCode } from '@thimble/upstream';
import { ContentFault, type ContentFaultCode, StoreError } from '../model/index.ts';
import { REASONS_LIMIT } from './limits.ts';

const CODES: Readonly<Record<UpstreamErrorCode, ContentFaultCode>> = {
  malformed: 'malformed',
  'too-large': 'too-large',
  unsupported: 'unsupported',
  unreachable: 'unreachable',
  broken: 'unreachable',
  refused: 'unreachable',
};

/** What asking, unpacking or storing threw, as a fault of the content. Other errors pass as they are. */
export function asContentFault(error: unknown, path?: string): unknown {
  const at = path === undefined ? {} : { path };
  if (error instanceof ContentFault)
    return path === undefined || error.path !== null
      ? error
      : new ContentFault(error.code, error.message, { cause: error.cause ?? error, path });
  if (error instanceof UpstreamError)
    return new ContentFault(CODES[error.code], error.message, { cause: error, ...at });
  if (error instanceof StoreError) {
    const code = error.code === 'disk-full' ? 'disk-full' : 'unreachable';
    return new ContentFault(code, `the content store can't be used: ${error.message}`, { cause: error, ...at });
  }
  if (isLocalError(error))
    return new ContentFault(
      'disk-full',
      `the disk of the content store can't be written: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error, ...at },
    );
  return error;
}

/** What people should see of several mirrors' faults: what needs a decision before what may heal. */
const SEVERITY: readonly ContentFaultCode[] = ['wrong-digest', 'too-large', 'truncated', 'malformed', 'unreachable'];

/** One fault for a file that no address gave: the gravest, with every reason. @param faults at least one */
export function worstFault(name: string, faults: readonly ContentFault[]): ContentFault {
  const found = SEVERITY.flatMap((code) => faults.filter((fault) => fault.code === code));
  const worst = found[0] ?? faults[0];
  if (worst === undefined) return new ContentFault('unreachable', `${name} has no address that may be asked`);
  const reasons = [...new Set([worst, ...found, ...faults].map((fault) => fault.message))];
  const more = reasons.length > REASONS_LIMIT ? `; and ${reasons.length - REASONS_LIMIT} more` : '';
  return new ContentFault(worst.code, `${name}: ${reasons.slice(0, REASONS_LIMIT).join('; ')}${more}`, {
    cause: worst,
  });
}
