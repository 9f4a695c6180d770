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
const SHOWN_IN_PART: ReadonlySet<string> = new Set(['/', '/endpoints', '/feeds', '/updates', '/rollouts', '/runs']);

/** Whether a page is worth a link for whoever is signed in; the server decides about each request. */
export function mayOpen({ permissions, limited }: Pick<Session, 'permissions' | 'limited'>, page: string): boolean {
  const needed = NEEDED[page];
  if (needed === undefined) return true;
  return permissions.includes(needed) && (!limited.includes(needed) || SHOWN_IN_PART.has(page));
}
