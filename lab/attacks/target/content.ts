import type { TicketClaims } from '@thimble/protocol';
import { printTicket, type SigningKey } from '@thimble/protocol/signing';
import { seedRepository, storeFile } from '@thimble/server/content-testing';
import { secondOrganisation } from './second-organisation.ts';
import type { Target } from './target.ts';

/** A frozen file of each of two organisations. */
export interface FrozenContent {
  readonly own: FrozenFile;
  readonly theirs: FrozenFile;
}

interface FrozenFile {
  readonly revisionId: string;
  readonly sha256: string;
  /** Where it is in its revision. */
  readonly address: string;
}

const PATH = 'pool/main/vault_1.0_amd64.deb';
const made = new WeakMap<Target, Promise<FrozenContent>>();

export function frozenContent(target: Target): Promise<FrozenContent> {
  let content = made.get(target);
  if (content === undefined) {
    content = freezeBoth(target);
    made.set(target, content);
  }
  return content;
}

async function freezeBoth(target: Target): Promise<FrozenContent> {
  const { id } = await secondOrganisation(target);
  return { own: await freeze(target, target.organisationId), theirs: await freeze(target, id) };
}

async function freeze({ server: { context } }: Target, organisationId: string): Promise<FrozenFile> {
  const text = `a patch of ${organisationId}`;
  const sha256 = await storeFile(context, text);
  const packages = [{ name: 'vault', path: PATH, sha256, sizeBytes: text.length }];
  const { revisionIds } = await seedRepository(context, organisationId, `repository-${organisationId}`, { packages });
  const [revisionId = ''] = revisionIds;
  return { revisionId, sha256, address: `/content/revisions/${revisionId}/${PATH}` };
}

/** A ticket as the server gives it, but for what is changed. @param key left out: the server's own */
export function ticketFor(
  { server: { context }, organisationId, now }: Target,
  change: Partial<TicketClaims> = {},
  key: SigningKey = context.orderKey,
): string {
  const nowMs = now().getTime();
  const claims: TicketClaims = {
    format: 1,
    id: context.newId(),
    organisationId,
    endpointId: context.newId(),
    site: null,
    issuedAt: new Date(nowMs - 1_000).toISOString(),
    expiresAt: new Date(nowMs + 3_600_000).toISOString(),
    ...change,
  };
  return printTicket(claims, key);
}

export const bearer = (secret: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${secret}` });
