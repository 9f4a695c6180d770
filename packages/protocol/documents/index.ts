import { Type, type Static } from 'typebox';

export * from './manifest.ts';
export * from './repositories.ts';
export * from './system.ts';
export * from './updates.ts';

/** The documents that an endpoint reports by digest; a list follows only when the server does not know the digest. */
export const DocumentKind = Type.Union([
  Type.Literal('manifest'),
  Type.Literal('system'),
  Type.Literal('updates'),
  Type.Literal('repositories'),
]);
export type DocumentKind = Static<typeof DocumentKind>;
export const DOCUMENT_KINDS: readonly DocumentKind[] = ['manifest', 'system', 'updates', 'repositories'];
