import { ContentFault, type PackageIdentity, type RepositoryDefinition, type TrustAnchor } from '../../model/index.ts';
import { verifyRpmPackage } from './package-signature.ts';

/**
 * For a repository of which only packages are signed: the file must be signed by an approved key *and* be the package that the
 * unsigned metadata calls so; otherwise an old package with a known hole, validly signed, could be offered as its newest version.
 */
export function rpmPackageCheck(
  definition: RepositoryDefinition,
  anchors: readonly TrustAnchor[],
  at: Date,
): ((found: PackageIdentity, localPath: string) => Promise<void>) | null {
  if (definition.signature !== 'packages') return null;
  return async (found, localPath) => {
    const signed = await verifyRpmPackage(localPath, anchors, at);
    const expected = [found.name, found.version, found.architecture === 'nosrc' ? 'src' : found.architecture];
    const actual = [signed.name, signed.version, signed.architecture];
    if (expected.join(' ') !== actual.join(' '))
      throw new ContentFault(
        'wrong-digest',
        `${found.path} is ${actual.join(' ')} by its signed header, but the unsigned metadata calls it ${expected.join(' ')}`,
        { path: found.path },
      );
  };
}
