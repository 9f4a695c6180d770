import { affects, osv, type LabelledInventory } from '../labelled.ts';

export const LIBRARIES: LabelledInventory = {
  name: 'libraries',
  records: [
    osv('osv-npm', 'npm', 'GHSA-35jh-r3h4-6jhm', {
      aliases: ['CVE-2021-23337'],
      affected: [affects('npm', 'lodash', '0', '4.17.21')],
    }),
    osv('osv-npm', 'npm', 'GHSA-c2qf-rxjj-qqgw', {
      aliases: ['CVE-2022-25883'],
      affected: [
        affects('npm', 'semver', '7.0.0', '7.5.2'),
        affects('npm', 'semver', '6.0.0', '6.3.1'),
        affects('npm', 'semver', '0', '5.7.2'),
      ],
    }),
    osv('osv-npm', 'npm', 'GHSA-0000-0000-0001', {
      withdrawn: '2024-02-01T00:00:00Z',
      affected: [affects('npm', 'lodash', '0')],
    }),
    // PyPI's own record and GitHub's name one vulnerability.
    osv('osv-pypi', 'PyPI', 'GHSA-h5c8-rqwp-cp95', {
      aliases: ['CVE-2024-22195', 'PYSEC-2024-0'],
      affected: [affects('PyPI', 'jinja2', '0', '3.1.3')],
    }),
    osv('osv-pypi', 'PyPI', 'PYSEC-2018-32', {
      aliases: ['CVE-2018-18074'],
      affected: [{ ...affects('PyPI', 'requests', '0', '2.20.0'), versions: ['2.19.1', '2.19.0'] }],
    }),
    osv('osv-pypi', 'PyPI', 'PYSEC-2022-42986', {
      aliases: ['CVE-2022-23491'],
      affected: [affects('PyPI', 'certifi', '2017.11.5', '2022.12.7')],
    }),
    osv('osv-go', 'Go', 'GO-2022-1144', {
      aliases: ['CVE-2022-41717'],
      affected: [
        {
          package: { ecosystem: 'Go', name: 'golang.org/x/net' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '0.4.0' }] }],
        },
      ],
    }),
    osv('osv-go', 'Go', 'GHSA-3vm4-22fp-5rfm', {
      aliases: ['CVE-2020-29652'],
      affected: [
        {
          package: { ecosystem: 'Go', name: 'golang.org/x/crypto' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '0.0.0-20201216223049-8b5274cf687f' }] }],
        },
      ],
    }),
    osv('osv-maven', 'Maven', 'GHSA-jfh8-c2jp-5v3q', {
      aliases: ['CVE-2021-44228'],
      affected: [
        affects(
          'Maven',
          'org.apache.logging.log4j:log4j-core',
          '2.13.0',
          '2.15.0',
          '2.4',
          '2.12.2',
          '2.0-beta9',
          '2.3.1',
        ),
      ],
    }),
  ],
  os: null,
  packages: {},
  purls: {
    'lodash before': 'pkg:npm/lodash@4.17.20',
    'lodash after': 'pkg:npm/lodash@4.17.21',
    'lodash.template': 'pkg:npm/lodash.template@4.5.0',
    'semver 7 before': 'pkg:npm/semver@7.5.1',
    'semver 6 after': 'pkg:npm/semver@6.3.1',
    'semver 5 before': 'pkg:npm/semver@5.7.1',
    'semver of a scope': 'pkg:npm/%40types/semver@5.5.0',
    'jinja2 before': 'pkg:pypi/Jinja2@3.1.2',
    'jinja2 release candidate': 'pkg:pypi/jinja2@3.1.3rc1',
    'jinja2 after': 'pkg:pypi/jinja2@3.1.3',
    'requests before': 'pkg:pypi/requests@2.19.1',
    'certifi before its flaw': 'pkg:pypi/certifi@2017.7.27.1',
    'certifi before': 'pkg:pypi/certifi@2022.9.24',
    'x/net before': 'pkg:golang/golang.org/x/net@v0.3.0',
    'x/net after': 'pkg:golang/golang.org/x/net@v0.4.0',
    'x/crypto by a commit before': 'pkg:golang/golang.org/x/crypto@v0.0.0-20200622213623-75b288015ac9',
    'x/crypto after': 'pkg:golang/golang.org/x/crypto@v0.1.0',
    'log4j-core before': 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
    'log4j-core 2.12 after': 'pkg:maven/org.apache.logging.log4j/log4j-core@2.12.2',
    'log4j-core 2.12 before': 'pkg:maven/org.apache.logging.log4j/log4j-core@2.12.1',
    'log4j-core after': 'pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1',
    'log4j-api': 'pkg:maven/org.apache.logging.log4j/log4j-api@2.14.1',
  },
  labels: [
    ['CVE-2021-23337', 'lodash before', 'affected'],
    ['CVE-2021-23337', 'lodash after', 'not-affected'],
    ['GHSA-0000-0000-0001', 'lodash before', 'not-affected'],
    ['CVE-2021-23337', 'lodash.template', 'not-affected'],
    ['CVE-2022-25883', 'semver 7 before', 'affected'],
    ['CVE-2022-25883', 'semver 6 after', 'not-affected'],
    ['CVE-2022-25883', 'semver 5 before', 'affected'],
    ['CVE-2022-25883', 'semver of a scope', 'not-affected'],
    ['CVE-2024-22195', 'jinja2 before', 'affected'],
    ['CVE-2024-22195', 'jinja2 release candidate', 'affected'],
    ['CVE-2024-22195', 'jinja2 after', 'not-affected'],
    ['CVE-2018-18074', 'requests before', 'affected'],
    ['CVE-2022-23491', 'certifi before its flaw', 'not-affected'],
    ['CVE-2022-23491', 'certifi before', 'affected'],
    ['CVE-2022-41717', 'x/net before', 'affected'],
    ['CVE-2022-41717', 'x/net after', 'not-affected'],
    ['CVE-2020-29652', 'x/crypto by a commit before', 'affected'],
    ['CVE-2020-29652', 'x/crypto after', 'not-affected'],
    ['CVE-2021-44228', 'log4j-core before', 'affected'],
    ['CVE-2021-44228', 'log4j-core 2.12 after', 'not-affected'],
    ['CVE-2021-44228', 'log4j-core 2.12 before', 'affected'],
    ['CVE-2021-44228', 'log4j-core after', 'not-affected'],
    ['CVE-2021-44228', 'log4j-api', 'not-affected'],
  ],
};
