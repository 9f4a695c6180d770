import type { PackageOrigin } from '@thimble/protocol';

/**
 * Whether a repository is a distribution's security pocket: Debian (`bookworm-security`, label Debian-Security; before
 * bullseye `buster/updates`), Ubuntu (`jammy-security`, ESM's `jammy-apps-security` and `jammy-infra-security`), and
 * vendors who name theirs alike.
 */
export function isSecurityOrigin(origin: PackageOrigin): boolean {
  const { label, suite, codename } = origin;
  return (
    /-security$/i.test(suite ?? '') ||
    /-security$/i.test(codename ?? '') ||
    /(^|[ -])security$/i.test(label ?? '') ||
    (label === 'Debian-Security' && suite?.endsWith('/updates') === true)
  );
}
