/** Where a server is, as whom to speak to it, and in which organisation (name or id) if not the caller's own. */
export type Target = Place & { readonly organisation?: string | undefined };

export type Place =
  /** A server on this machine: whoever may open the socket is an operator. */
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'url';
      readonly url: URL;
      readonly token: string | undefined;
      /** SHA-256 of the CA's certificate (DER); hexadecimal, colons and case don't matter. Undefined: the system's CAs. */
      readonly caFingerprint: string | undefined;
    };

export function describeTarget(target: Target): string {
  return target.kind === 'socket' ? `the server on this machine (${target.path})` : target.url.origin;
}
