import type { KeyObject } from 'node:crypto';
import type { TicketClaims } from '@thimble/protocol';
import { openTicket } from '@thimble/protocol/signing';

export interface TicketCheckOptions {
  /** Keys that sign tickets, by id; asked each time, so that a key that is withdrawn counts no more at once. */
  readonly keys: () => ReadonlyMap<string, KeyObject>;
  readonly now: () => Date;
  /** The endpoint was removed while its ticket was still good. */
  readonly isRemoved: (endpointId: string) => boolean;
}

export type TicketVerdict =
  | { readonly kind: 'valid'; readonly claims: TicketClaims }
  | { readonly kind: 'refused'; readonly reason: 'not-a-ticket' | 'not-valid' | 'removed' };

/** Verified tickets that are remembered; some 20 MB at most. */
const REMEMBERED = 20_000;
const NOT_A_TICKET: TicketVerdict = { kind: 'refused', reason: 'not-a-ticket' };
const NOT_VALID: TicketVerdict = { kind: 'refused', reason: 'not-valid' };
const REMOVED: TicketVerdict = { kind: 'refused', reason: 'removed' };

/**
 * Checks tickets without asking anybody. A signature is verified once a ticket; when it ends, which key counts and who was removed
 * is looked at each time.
 */
export function createTicketCheck({ keys, now, isRemoved }: TicketCheckOptions): (secret: string) => TicketVerdict {
  const verified = new Map<
    string,
    { readonly claims: TicketClaims; readonly keyid: string; readonly endsMs: number }
  >();
  const remember = (ticket: string, claims: TicketClaims, keyid: string): void => {
    verified.set(ticket, { claims, keyid, endsMs: Date.parse(claims.expiresAt) });
    if (verified.size <= REMEMBERED) return;
    for (const [oldest] of verified) {
      verified.delete(oldest);
      return;
    }
  };
  return (secret) => {
    const known = verified.get(secret);
    if (known !== undefined && known.endsMs > now().getTime() && keys().has(known.keyid))
      return judge(known.claims, isRemoved);
    verified.delete(secret);
    const keyid = keyidOf(secret);
    if (keyid === null) return NOT_A_TICKET;
    try {
      const claims = openTicket(secret, keys(), now());
      remember(secret, claims, keyid);
      return judge(claims, isRemoved);
    } catch {
      return NOT_VALID;
    }
  };
}

function judge(claims: TicketClaims, isRemoved: (endpointId: string) => boolean): TicketVerdict {
  return claims.endpointId !== null && isRemoved(claims.endpointId) ? REMOVED : { kind: 'valid', claims };
}

/** `PAYLOAD.KEYID.SIGNATURE`; API tokens and relays' tokens look otherwise. */
function keyidOf(secret: string): string | null {
  return /^[\w-]+\.([0-9a-f]{64})\.[\w-]+$/.exec(secret)?.[1] ?? null;
}
