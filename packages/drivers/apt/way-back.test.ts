import type { PackageChange } from '@thimble/protocol';
import { describe, expect, it } from 'vitest';
import type { ApplyTask } from '../driver.ts';
import { createRecordedHost } from '../recorded-host.ts';
import { leftToDo, runningKernelRemoved } from './apply.ts';
import { copyLocal } from './download.ts';
import { parseDpkgStatus } from '../dpkg-status.ts';
import { keepEarlierVersions, readKept } from './keep.ts';
import { orderFolder } from './order-folder.ts';
import { whyNotApprovable } from './plan.ts';

const DIGEST = 'a'.repeat(64);
const workspace = {
  directory: '/w',
  configuration: '/w/apt.conf',
  lists: '/w/lists',
  archives: '/w/archives',
  options: [],
};

function change(name: string, from: string | null, to: string | null): PackageChange & { from: string } {
  const rest = { downloadBytes: 0, origin: null, security: false, reason: 'requested', source: name } as const;
  return { name, architecture: 'amd64', action: 'upgrade', from, to, sha256: DIGEST, ...rest } as PackageChange & {
    from: string;
  };
}

function transactionOf(...changes: PackageChange[]): ApplyTask['transaction'] {
  return { changes } as unknown as ApplyTask['transaction'];
}

describe('a plan', () => {
  it('never removes what the system can not be without', () => {
    const stanza = 'Status: install ok installed\nArchitecture: amd64\nVersion: 1\n';
    const { packages } = parseDpkgStatus(
      `Package: bash\nEssential: yes\n${stanza}\nPackage: init\nProtected: yes\n${stanza}\nPackage: curl\n${stanza}`,
    );
    const installed = { find: (name: string) => packages.find((each) => each.name === name) };
    const judge = (...names: readonly string[]) =>
      whyNotApprovable({ changes: names.map((name) => change(name, '1', null)), unknown: [] }, { installed });
    expect(judge('bash', 'curl')).toMatchObject({ code: 'unsupported' });
    expect(judge('init')).toMatchObject({ code: 'unsupported' });
    expect(judge('curl')).toBeNull();
  });
});

describe('the kept files of an order', () => {
  it('of what was replaced before a crash are not forgotten when the rest is prepared', async () => {
    const folder = orderFolder(workspace, 'o');
    const host = createRecordedHost({
      files: { '/w/archives/one': 'x', '/w/archives/two': 'y' },
      commands: [
        {
          argv: (argv) => argv[0] === 'sha256sum',
          result: (argv) => ({
            stdout: argv
              .slice(3)
              .map((path) => `${DIGEST}  ${path}\0`)
              .join(''),
          }),
        },
      ],
    });
    const keep = (...names: readonly ('one' | 'two')[]) => {
      const sources = names.map((name) => ({
        change: change(name, '1', '2'),
        architecture: 'amd64',
        sha256: DIGEST,
        sizeBytes: 1,
        path: `/w/archives/${name}`,
      }));
      return keepEarlierVersions(host, workspace, folder, sources, 'amd64', new AbortController().signal);
    };
    await keep('one', 'two');
    await keep('two');
    expect((await readKept(host, folder)).map(({ name }) => name)).toEqual(['one', 'two']);
  });
});

describe('a file: repository', () => {
  it('has its package files copied, by their digests, to where all are compared', async () => {
    const other = 'b'.repeat(64);
    const host = createRecordedHost({
      files: { '/srv/repo/some name.deb': 'x', '/srv/repo/other.deb': 'y' },
      commands: [
        {
          argv: (argv) => argv.includes('--print-uris'),
          result: {
            stdout: [
              'Reading package lists...',
              "'file:/srv/repo/some%20name.deb' one_2_amd64.deb 1 SHA256:a",
              "'file:///srv/repo/other.deb' two_2_amd64.deb 1 ",
              "'http://m/three_2_amd64.deb' three_2_amd64.deb 1 ",
            ].join('\n'),
          },
        },
        {
          argv: ['sha256sum', '--zero', '--', '/srv/repo/some name.deb', '/srv/repo/other.deb'],
          result: { stdout: `${DIGEST}  /srv/repo/some name.deb\0${other}  /srv/repo/other.deb\0` },
        },
      ],
    });
    const task = { host, signal: new AbortController().signal };
    const approved = [change('one', '1', '2'), { ...change('two', '1', '2'), sha256: 'c'.repeat(64) }];
    await copyLocal(task, { workspace, args: ['dist-upgrade'] }, approved);
    expect(host.files.get('/w/archives/one_2_amd64.deb')?.toString()).toBe('x');
    expect(host.files.has('/w/archives/two_2_amd64.deb')).toBe(false);
  });
});

describe('a roll-back', () => {
  const { packages } = parseDpkgStatus(
    ['back', 'there']
      .map((name) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n`)
      .join('\n'),
  );
  const find = (name: string) =>
    name === 'there'
      ? packages.map((each) => ({ ...each, version: '2' })).at(1)
      : packages.find((each) => each.name === name);
  const task = { undoes: 'o', transaction: transactionOf(change('back', '2', '1'), change('there', '2', '1')) };

  it('is of what is not back yet: the installation may have failed half-way', () => {
    const left = leftToDo(task as unknown as ApplyTask, { find });
    expect(left.transaction.changes.map(({ name }) => name)).toEqual(['there']);
  });

  it('has no such freedom where versions are approved', () => {
    const apply = { ...task, undoes: null } as unknown as ApplyTask;
    expect(leftToDo(apply, { find })).toBe(apply);
  });

  it('never takes the running kernel away, whatever its packages are called', () => {
    for (const part of ['image', 'image-unsigned', 'modules']) {
      const transaction = transactionOf({ ...change(`linux-${part}-6.8.0-45-generic`, '1', null) });
      expect(runningKernelRemoved(transaction, '6.8.0-45-generic')).toMatch(/of the running kernel/);
      expect(runningKernelRemoved(transaction, '6.8.0-40-generic')).toBeNull();
    }
  });
});
