/** What a client asks for, below `/content/`. */
export type ContentAddress =
  | { readonly kind: 'revision'; readonly revisionId: string; readonly path: string }
  | { readonly kind: 'object'; readonly sha256: string };

/** Paths in repositories have at most this many characters. */
const PATH_LIMIT = 1024;
/** Each character may have come as three. */
const TARGET_LIMIT = 200 + 3 * PATH_LIMIT;
const REVISION = /^\/content\/revisions\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(.+)$/;
const OBJECT = /^\/content\/objects\/([0-9a-f]{64})$/;

/**
 * Reads the address of a request. It is decoded once, and what could mean two things is refused: encoded slashes, backslashes,
 * control characters and `..`. Single dots and doubled slashes, which apt writes for flat repositories, are left out.
 *
 * @returns `unsafe`: no client of ours writes so. null: there is nothing there.
 */
export function readContentAddress(target: string): ContentAddress | 'unsafe' | null {
  if (target.length > TARGET_LIMIT) return 'unsafe';
  const query = target.indexOf('?');
  const raw = query < 0 ? target : target.slice(0, query);
  const object = OBJECT.exec(raw);
  if (object !== null) return { kind: 'object', sha256: object[1] ?? '' };
  const [, revisionId, rawPath] = REVISION.exec(raw) ?? [];
  if (revisionId === undefined || rawPath === undefined) return null;
  const path = readPath(rawPath);
  if (path === null || path.length > PATH_LIMIT) return 'unsafe';
  return path === '' || path.endsWith('/') ? null : { kind: 'revision', revisionId, path };
}

function readPath(raw: string): string | null {
  if (/%2f|%5c/i.test(raw)) return null;
  const decoded = raw.includes('%') ? decode(raw) : raw;
  if (decoded === null || /[\p{Cc}\\]/u.test(decoded)) return null;
  if (!/(?:^|\/)\.{0,2}(?:\/|$)/.test(decoded)) return decoded;
  const segments = decoded.split('/');
  if (segments.includes('..')) return null;
  const kept = segments.filter((segment) => segment !== '.' && segment !== '').join('/');
  return decoded.endsWith('/') ? `${kept}/` : kept;
}

function decode(raw: string): string | null {
  try {
    return decodeURIComponent(raw);
  } catch {
    return null;
  }
}
