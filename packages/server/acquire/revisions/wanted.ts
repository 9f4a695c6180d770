import {
  FORMATS,
  type FileCheck,
  type PackageIdentity,
  type RepositoryDefinition,
  type TrustAnchor,
  type Wanted,
} from '@thimble/content';

/** A package file as its row says, and where it belongs. */
export interface PackageFile extends PackageIdentity {
  readonly checkKind: 'sha256' | 'sha512' | 'apk';
  readonly checkValue: string;
  readonly sizeBytes: number;
}

export interface PackageOrigin {
  readonly name: string;
  readonly definition: RepositoryDefinition;
  readonly anchors: readonly TrustAnchor[];
  /** That upstream named in the revision's metadata. */
  readonly mirrors: readonly string[];
}

export function checkOf({ checkKind, checkValue, sizeBytes }: PackageFile): FileCheck {
  switch (checkKind) {
    case 'sha256':
      return { kind: 'sha256', sha256: checkValue, sizeBytes };
    case 'sha512':
      return { kind: 'sha512', sha512: checkValue, sizeBytes };
    case 'apk':
      return { kind: 'apk', controlSha1: checkValue, sizeBytes };
  }
}

/** What to ask the acquirer for to have a package file of a repository. @param at for signatures of the package itself */
export function wantedPackage(
  file: PackageFile,
  { name, definition, anchors, mirrors }: PackageOrigin,
  at: Date,
): Wanted {
  const format = FORMATS.get(definition.format);
  const check = format?.packageCheck?.(definition, anchors, at) ?? null;
  const urls =
    format?.addressesOf?.(definition, file.path) ??
    [...definition.uris, ...mirrors].map((base) => new URL(encodePath(file.path), base));
  return {
    urls,
    name: `${file.path.split('/').at(-1) ?? file.path} of ${name}`,
    check: checkOf(file),
    ...(check === null ? {} : { afterCheck: (localPath: string) => check(file, localPath) }),
  };
}

/** What signed metadata that was not fetched yet needs (translations, contents). It has a digest like all of them. */
export function wantedMetadata(
  { path, sha256, sizeBytes }: { readonly path: string; readonly sha256: string; readonly sizeBytes: number },
  { name, definition, mirrors }: Omit<PackageOrigin, 'anchors'>,
): Wanted {
  return {
    urls: [...definition.uris, ...mirrors].map((base) => new URL(encodePath(path), base)),
    name: `${path} of ${name}`,
    check: { kind: 'sha256', sha256, sizeBytes },
  };
}

/** Colons, tildes and plus signs stay as archives have them; what would end a path does not. */
function encodePath(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/%(?:2B|3A|40|2C|3D)/g, decodeURIComponent))
    .join('/');
}
