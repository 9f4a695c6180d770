import type { ClientAddress, ClientFile, RepositoryDefinition } from '../../model/index.ts';

/**
 * A deb822 source, sources.list(5), and the password apart from it, apt_auth.conf(5). `Check-Valid-Until: no`: frozen content is older
 * than its vendor's date allows by intention; its signature is checked as ever.
 */
export function aptClientConfiguration(
  definition: RepositoryDefinition,
  address: ClientAddress,
): readonly ClientFile[] {
  const name = `thimble-${slug(address.label)}`;
  const flat = definition.suite.endsWith('/');
  const lines = [
    'Types: deb',
    `URIs: ${address.url}`,
    `Suites: ${definition.suite}`,
    ...(flat ? [] : [`Components: ${definition.components.join(' ')}`]),
    ...(definition.architectures.length === 0 ? [] : [`Architectures: ${definition.architectures.join(' ')}`]),
    ...(address.keyringPath === null ? [] : [`Signed-By: ${address.keyringPath}`]),
    'Check-Valid-Until: no',
  ];
  const source = { path: `/etc/apt/sources.list.d/${name}.sources`, text: `${lines.join('\n')}\n`, secret: false };
  const trust = address.caPath === undefined ? [] : [trustFile(name, address.url, address.caPath)];
  if (address.credentials === null) return [source, ...trust];
  const { user, password } = address.credentials;
  // With the scheme: apt gives passwords to plain http only where it is told to by name.
  const machine = address.url.replace(/\/$/, '');
  const text = `machine ${machine} login ${user} password ${password}\n`;
  return [source, ...trust, { path: `/etc/apt/auth.conf.d/${name}.conf`, text, secret: true }];
}

/** For this host alone, apt-transport-https(1). */
function trustFile(name: string, url: string, caPath: string): ClientFile {
  const text = `Acquire::https::${new URL(url).hostname}::CAInfo "${caPath}";\n`;
  return { path: `/etc/apt/apt.conf.d/90${name}`, text, secret: false };
}

/** apt passes over files whose names have other characters. */
function slug(label: string): string {
  const plain = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'repository' : plain.slice(0, 60);
}
