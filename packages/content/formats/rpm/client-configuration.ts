import type { ClientAddress, ClientFile, RepositoryDefinition } from '../../model/index.ts';

/**
 * A .repo file (dnf.conf(5)). `gpgcheck` is stated only where packages are all that is signed; elsewhere the machine's own setting
 * counts, since a publisher who signs metadata need not sign packages.
 */
export function rpmClientConfiguration(
  definition: RepositoryDefinition,
  address: ClientAddress,
): readonly ClientFile[] {
  const id = `thimble-${address.label.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')}`;
  const onlyPackages = definition.signature === 'packages';
  const lines = [
    `[${id}]`,
    `name=${oneLine(address.label)}`,
    `baseurl=${oneLine(address.url)}`,
    'enabled=1',
    `repo_gpgcheck=${onlyPackages ? 0 : 1}`,
    ...(onlyPackages ? ['gpgcheck=1'] : []),
    ...(address.keyringPath === null ? [] : [`gpgkey=file://${oneLine(address.keyringPath)}`]),
    ...(address.caPath === undefined ? [] : [`sslcacert=${oneLine(address.caPath)}`]),
    ...(address.credentials === null
      ? []
      : [`username=${oneLine(address.credentials.user)}`, `password=${oneLine(address.credentials.password)}`]),
  ];
  return [{ path: `/etc/yum.repos.d/${id}.repo`, text: `${lines.join('\n')}\n`, secret: address.credentials !== null }];
}

/** A line break in a value would be another setting. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
