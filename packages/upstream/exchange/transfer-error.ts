import { printable } from '../addresses/printable.ts';
import { UpstreamError } from '../upstream-error.ts';

/** What Node says of a connection, in words with what to do. `broken`, or `unreachable` for a name that nobody knows. */
export function transferError(url: URL, error: unknown): UpstreamError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  const advice =
    ADVICE.find(([pattern]) => pattern.test(code))?.[1] ?? 'Check the network, and the proxy if one is needed.';
  // Such a name is not known in a second either; waiting for each request would take minutes without Internet.
  const kind = code === 'ENOTFOUND' ? 'unreachable' : 'broken';
  return new UpstreamError(kind, `${printable(url)}: ${reason || code}. ${advice}`, { cause: error });
}

/** Of this machine's disk, where something was to be written: asking again would not help. */
export function isLocalError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  if ('path' in error) return true;
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EFBIG'].includes(String(error.code));
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^(ENOTFOUND|EAI_)/, 'Its name can’t be resolved: check DNS, the base address, or whether a proxy is needed.'],
  [
    /CERT|SELF_SIGNED|^ERR_TLS|UNABLE_TO_/,
    'Its certificate is not trusted: name the CA in NODE_EXTRA_CA_CERTS if it is your own mirror’s.',
  ],
  [/^(ECONNRESET|ERR_STREAM_PREMATURE_CLOSE|HPE_)/, 'The transfer broke off; it is tried again next time.'],
];
