import { describe, expect, test } from 'vitest';
import type { ClientAddress, RepositoryDefinition } from '../../model/index.ts';
import { rpmFormat } from './index.ts';

const DEFINITION: RepositoryDefinition = {
  format: 'rpm',
  uris: ['https://packages.example/'],
  mirrorList: null,
  suite: '',
  components: [],
  architectures: ['x86_64'],
  signature: 'metadata',
};
const ADDRESS: ClientAddress = {
  url: 'https://thimble.example/content/revisions/1/',
  credentials: null,
  keyringPath: null,
  label: 'Rocky 9: BaseOS',
};

describe('a .repo file', () => {
  test('has the metadata’s signature checked, and leaves packages to the machine’s own setting', () => {
    expect(rpmFormat.clientConfiguration(DEFINITION, ADDRESS)).toEqual([
      {
        path: '/etc/yum.repos.d/thimble-rocky-9-baseos.repo',
        text: `[thimble-rocky-9-baseos]
name=Rocky 9: BaseOS
baseurl=https://thimble.example/content/revisions/1/
enabled=1
repo_gpgcheck=1
`,
        secret: false,
      },
    ]);
  });

  test('has the packages’ signatures checked where there is no other; with credentials it is secret', () => {
    const address = {
      ...ADDRESS,
      credentials: { user: 'thimble', password: 'two\ngpgcheck=0' },
      keyringPath: '/etc/pki/rpm-gpg/vendor',
    };
    const [file] = rpmFormat.clientConfiguration({ ...DEFINITION, signature: 'packages' }, address);
    expect(file).toMatchObject({ secret: true });
    expect(file?.text.split('\n').slice(3)).toEqual([
      'enabled=1',
      'repo_gpgcheck=0',
      'gpgcheck=1',
      'gpgkey=file:///etc/pki/rpm-gpg/vendor',
      'username=thimble',
      'password=two gpgcheck=0',
      '',
    ]);
  });
});

test.each([
  ['repodata/repomd.xml', 'application/xml'],
  ['repodata/repomd.xml.asc', 'application/pgp-signature'],
  ['repodata/a-primary.xml.zst', 'application/zstd'],
  ['Packages/a.rpm', 'application/x-rpm'],
  ['repodata/productid', 'application/octet-stream'],
])('%s is served as %s', (path, type) => {
  expect(rpmFormat.contentType(path)).toBe(type);
});
