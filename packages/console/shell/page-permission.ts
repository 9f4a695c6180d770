import type { Permission, Session } from '@thimble/protocol';

/** What a page needs to show anything, by its address. */
const NEEDED: Readonly<Record<string, Permission>> = {
  '/': 'endpoints:read',
  '/endpoints': 'endpoints:read',
  '/enrolment': 'endpoints:enrol',
  '/vulnerabilities': 'endpoints:read',
  '/next-patches': 'endpoints:read',
  '/exceptions': 'endpoints:read',
  '/gaps': 'endpoints:read',
  '/feeds': 'feeds:read',
  '/repositories': 'content:read',
  '/snapshots': 'content:read',
  '/blocks': 'content:read',
  '/content-store': 'content:read',
  '/updates': 'endpoints:read',
  '/policies': 'policies:read',
  '/rollouts': 'runs:read',
  '/windows': 'policies:read',
  '/runs': 'runs:read',
  '/approvals': 'runs:read',
  '/evidence': 'evidence:read',
  '/people': 'people:read',
  '/sign-in-settings': 'organisation:read',
  '/organisations': 'organisation:read',
};

/** Pages that show the part of them that somebody may see; the others are about the whole organisation. */
const SHOWN_IN_PART: ReadonlySet<string> = new Set([
  '/',
  '/endpoints',
  '/vulnerabilities',
  '/next-patches',
  '/gaps',
  '/feeds',
  '/updates',
  '/rollouts',
  '/runs',
]);

/** `not-permitted`: the roles lack what it needs · `whole-organisation-only`: they are for some endpoints, which the page can't tell apart. */
type Opening =
  | { readonly kind: 'open' }
  | { readonly kind: 'not-permitted'; readonly needs: Permission }
  | { readonly kind: 'whole-organisation-only' };

type Rights = Pick<Session, 'permissions' | 'limited'>;

/** What a page is to whoever is signed in, also one below it; the server decides about each request. */
export function openingOf({ permissions, limited }: Rights, pathname: string): Opening {
  const page = `/${pathname.split('/')[1] ?? ''}`;
  const needs = NEEDED[page];
  if (needs === undefined) return { kind: 'open' };
  if (!permissions.includes(needs)) return { kind: 'not-permitted', needs };
  if (limited.includes(needs) && !SHOWN_IN_PART.has(page)) return { kind: 'whole-organisation-only' };
  return { kind: 'open' };
}

/** Whether a page is worth a link. */
export function mayOpen(rights: Rights, page: string): boolean {
  return openingOf(rights, page).kind === 'open';
}
