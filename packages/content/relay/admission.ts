import type { KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import { RelayWelcome } from '@thimble/protocol';
import { verifyingKey } from '@thimble/protocol/signing';
import { Value } from 'typebox/value';
import { type ContentProblem, createTicketCheck, secretOf, UNAUTHORISED } from '../serving/index.ts';
import { readState, writeState } from './relay-database.ts';

/** Who may read here, by the server's last word. */
export interface RelayPrincipal {
  /** null: anybody (the server is open). */
  readonly organisationId: string | null;
  readonly site: string | null;
  /** As it came, for asking the server in the client's own name. */
  readonly authorization: string | null;
}

export interface Admission {
  /** The server's newest word; kept for the time without it. */
  accept(welcome: RelayWelcome): void;
  readonly welcome: () => RelayWelcome | null;
  admit(request: IncomingMessage): { readonly kind: 'allowed'; readonly principal: RelayPrincipal } | ContentProblem;
  /** Whether this file was recalled for this organisation. */
  isBlocked(organisationId: string | null, file: { readonly sha256?: string | null; readonly place?: string }): boolean;
}

const WELCOME = 'welcome';

const NOT_READY: ContentProblem = {
  kind: 'problem',
  status: 503,
  code: 'not-ready',
  detail: 'This relay has not heard from its server yet, so it knows nobody. The server serves meanwhile.',
  headers: { 'retry-after': '60' },
};
const NOT_OURS: ContentProblem = {
  kind: 'problem',
  status: 403,
  code: 'wrong-organisation',
  detail: 'This relay serves other organisations.',
};

interface Known {
  readonly welcome: RelayWelcome;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly organisations: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  /** `ORGANISATION SHA256` and `ORGANISATION REVISION/PATH`. */
  readonly blocked: ReadonlySet<string>;
}

export function createAdmission(database: DatabaseSync, now: () => Date): Admission {
  let known = parse(readState(database, WELCOME));
  const checkTicket = createTicketCheck({
    keys: () => known?.keys ?? new Map(),
    now,
    isRemoved: (endpointId) => known?.removed.has(endpointId) ?? true,
  });
  return {
    accept: (welcome) => {
      known = index(welcome);
      writeState(database, WELCOME, JSON.stringify(welcome));
    },
    welcome: () => known?.welcome ?? null,
    admit: (request) => {
      if (known === null) return NOT_READY;
      const secret = secretOf(request);
      const verdict = secret === null ? null : checkTicket(secret);
      if (verdict?.kind !== 'valid')
        return known.welcome.open
          ? { kind: 'allowed', principal: { organisationId: null, site: null, authorization: null } }
          : UNAUTHORISED;
      const { organisationId, site } = verdict.claims;
      if (!known.organisations.has(organisationId)) return NOT_OURS;
      const authorization = request.headers.authorization ?? null;
      return { kind: 'allowed', principal: { organisationId, site, authorization } };
    },
    isBlocked: (organisationId, { sha256, place }) =>
      known !== null &&
      (organisationId === null ? [...known.organisations] : [organisationId]).some(
        (organisation) =>
          known?.blocked.has(`${organisation} ${sha256}`) === true ||
          known?.blocked.has(`${organisation} ${place}`) === true,
      ),
  };
}

function index(welcome: RelayWelcome): Known {
  return {
    welcome,
    keys: new Map(welcome.ticketKeys.map(({ keyid, publicKey }) => [keyid, verifyingKey(publicKey)])),
    organisations: new Set(welcome.organisationIds),
    removed: new Set(welcome.removedEndpoints),
    blocked: new Set(
      welcome.blocked.flatMap(({ organisationId, sha256, revisionId, path }) => [
        ...(sha256 === null ? [] : [`${organisationId} ${sha256}`]),
        ...(revisionId === null || path === null ? [] : [`${organisationId} ${revisionId}/${path}`]),
      ]),
    ),
  };
}

/** What is not a welcome any more (another version wrote it) counts as none. */
function parse(text: string | null): Known | null {
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  return Value.Check(RelayWelcome, value) ? index(value) : null;
}
