import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalHost } from '../local-host.ts';
import { nameOf } from './container-roots.ts';
import { containerSoftware } from './container-software.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'thimble-containers-'));
  put('proc/1/exe', '');
  link('proc/1/root', root);
  link('proc/1/ns/mnt', 'mnt:[1]');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
function link(path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

/** A process as /proc shows it, with a root of its own. */
function process(pid: number, cgroup = '0::/\n'): string {
  link(`proc/${pid}/exe`, '/bin/sleep');
  link(`proc/${pid}/ns/mnt`, `mnt:[${pid}]`);
  put(`proc/${pid}/comm`, 'sleep\n');
  put(`proc/${pid}/cgroup`, cgroup);
  mkdirSync(join(root, `proc/${pid}/root`));
  return `proc/${pid}/root`;
}
const look = () => containerSoftware(createLocalHost({ root }));

const APK = (name: string, version = '1.0-r0') => `C:Q1x=\nP:${name}\nV:${version}\nA:x86_64\no:source-of-it\n\n`;
const ALPINE = 'ID=alpine\nVERSION_ID=3.19.1\n';

describe('the software of containers', () => {
  it('is what the package databases in each say, named by the container', async () => {
    const debian = process(10, `0::/system.slice/docker-${'a'.repeat(64)}.scope\n`);
    put(`${debian}/etc/os-release`, 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n');
    put(
      `${debian}/var/lib/dpkg/status.d/libssl3`,
      'Package: libssl3\nSource: openssl\nVersion: 3.0.11-1~deb12u1\nArchitecture: amd64\n',
    );
    const alpine = process(20);
    put(`${alpine}/etc/os-release`, ALPINE);
    put(`${alpine}/etc/hostname`, 'box\n');
    put(`${alpine}/lib/apk/db/installed`, APK('ssl_client', '1.36.1-r15'));
    expect(await look()).toEqual({
      components: [
        {
          purl: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl',
          place: 'container',
          locations: ['docker aaaaaaaaaaaa'],
        },
        {
          purl: 'pkg:apk/alpine/ssl_client@1.36.1-r15?arch=x86_64&distro=alpine-3.19.1&upstream=source-of-it',
          place: 'container',
          locations: ['box'],
        },
      ],
      gaps: [],
    });
  });

  it('has Docker’s name and image where Docker says them', async () => {
    const id = 'b'.repeat(64);
    const box = process(10, `0::/system.slice/docker-${id}.scope\n`);
    put(`${box}/etc/os-release`, ALPINE);
    put(`${box}/lib/apk/db/installed`, APK('x'));
    put(
      `var/lib/docker/containers/${id}/config.v2.json`,
      JSON.stringify({ Name: '/web', Config: { Image: 'nginx:1.25' } }),
    );
    expect((await look()).components[0]?.locations).toEqual(['web (nginx:1.25)']);
  });

  it('is read once for all processes of a container', async () => {
    const box = process(10);
    put(`${box}/etc/os-release`, ALPINE);
    put(`${box}/lib/apk/db/installed`, APK('x'));
    process(11);
    rmSync(join(root, 'proc/11/root'), { recursive: true });
    link('proc/11/root', join(root, box));
    expect((await look()).components).toHaveLength(1);
  });

  it('is not what a service with a private /tmp has: its root is ours', async () => {
    link('proc/10/exe', '/bin/sleep');
    link('proc/10/ns/mnt', 'mnt:[10]');
    link('proc/10/root', root);
    put('etc/os-release', ALPINE);
    put('lib/apk/db/installed', APK('x'));
    expect(await look()).toEqual({ components: [], gaps: [] });
  });

  it('is not what threads of the kernel see', async () => {
    process(10);
    rmSync(join(root, 'proc/10/exe'));
    expect(await look()).toEqual({ components: [], gaps: [] });
  });

  it('is a gap where no database is known, but not in the empty folder of a locked in service', async () => {
    process(10);
    const service = process(20);
    rmSync(join(root, 'proc/20/ns/mnt'));
    link('proc/20/ns/mnt', 'mnt:[1]');
    put(`${service}/dev/null`, '');
    const { components, gaps } = await look();
    expect(components).toEqual([]);
    expect(gaps).toEqual([
      {
        what: 'container root of sleep',
        why: 'no package database that is known is in it: its software was not looked at',
      },
    ]);
  });

  it('is a gap where the system does not say what it is', async () => {
    put(`${process(10)}/lib/apk/db/installed`, APK('x'));
    expect((await look()).gaps[0]?.why).toContain('does not say which system it is');
  });

  it('of rpm is read from its database, with the module and epoch in the purl', async () => {
    const box = process(10);
    put(`${box}/etc/os-release`, 'ID=rhel\nVERSION_ID=9.3\n');
    mkdirSync(join(root, box, 'var/lib/rpm'), { recursive: true });
    const database = new DatabaseSync(join(root, box, 'var/lib/rpm/rpmdb.sqlite'));
    database.exec("create table 'Packages' (hnum integer primary key autoincrement, blob blob not null)");
    database.prepare('insert into Packages (blob) values (?)').run(
      rpmHeader([
        [1000, 'openssl-libs'],
        [1001, '3.0.7'],
        [1002, '16.el9'],
        [1022, 'x86_64'],
        [1044, 'openssl-3.0.7-16.el9.src.rpm'],
      ]),
    );
    database.close();
    expect((await look()).components.map(({ purl }) => purl)).toEqual([
      'pkg:rpm/redhat/openssl-libs@3.0.7-16.el9?arch=x86_64&distro=rhel-9.3&upstream=openssl',
    ]);
  });
});

describe('a hostile container', () => {
  let box: string;
  beforeEach(() => {
    box = process(10);
    put(`${box}/etc/os-release`, ALPINE);
  });

  it.each([
    ['an absolute link to the machine’s', '/var/lib/dpkg'],
    ['a link with too many ..', '../../../../../../../../../../../../var/lib/dpkg'],
  ])('can not pass the machine’s database off as its own by %s', async (_, target) => {
    put('var/lib/dpkg/status', 'Package: ours\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n');
    link(`${box}/var/lib/dpkg`, target);
    expect((await look()).components).toEqual([]);
  });

  it('has a database of ten gigabytes: a gap', async () => {
    put(`${box}/lib/apk/db/installed`, '');
    truncateSync(join(root, box, 'lib/apk/db/installed'), 10 * 1024 ** 3);
    const { components, gaps } = await look();
    expect(components).toEqual([]);
    expect(gaps[0]?.why).toContain('10737418240 bytes');
  });

  it('has a pipe in the place of its database, and nobody waits', async () => {
    mkdirSync(join(root, box, 'lib/apk/db'), { recursive: true });
    execFileSync('mkfifo', [join(root, box, 'lib/apk/db/installed')]);
    execFileSync('mkfifo', [join(root, box, 'etc/hostname')]);
    expect((await look()).components).toEqual([]);
  });

  it('has names and versions that none can have: counted, not passed on', async () => {
    put(`${box}/etc/hostname`, `a\u001b[2Jb\0c\u202e${'x'.repeat(1000)}\n`);
    put(
      `${box}/lib/apk/db/installed`,
      APK('good') + APK('b\0d') + APK('x y') + APK('long'.repeat(200)) + APK('ünïcode'),
    );
    const { components, gaps } = await look();
    expect(components.map(({ purl }) => purl)).toEqual([
      'pkg:apk/alpine/good@1.0-r0?arch=x86_64&distro=alpine-3.19.1&upstream=source-of-it',
    ]);
    expect(gaps.map(({ why }) => why)).toEqual(['4 packages have names or versions that none can have']);
    expect(components[0]?.locations[0]).toMatch(/^a \[2Jb c x{1,64}$/);
  });

  it('has an rpm database of rubbish: a gap', async () => {
    put(`${box}/var/lib/rpm/rpmdb.sqlite`, 'SQLite format 3\0'.padEnd(5000, 'x'));
    expect((await look()).gaps[0]?.why).toContain('not a readable SQLite database');
  });

  it('harms nobody else’s verdict: the next container is still looked into', async () => {
    put(`${box}/lib/apk/db/installed`, 'rubbish');
    const other = process(20);
    put(`${other}/etc/os-release`, ALPINE);
    put(`${other}/lib/apk/db/installed`, APK('x'));
    const { components, gaps } = await look();
    expect(components).toHaveLength(1);
    expect(gaps).toHaveLength(1);
  });
});

describe('the name of a container', () => {
  const id = '0123456789abcdef'.repeat(4);
  it.each([
    [`0::/system.slice/docker-${id}.scope`, 'docker 0123456789ab', id],
    [`12:memory:/docker/${id}`, 'docker 0123456789ab', id],
    [`0::/machine.slice/libpod-${id}.scope/container`, 'podman 0123456789ab', id],
    [`0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`, 'containerd 0123456789ab', id],
    [`0::/kubepods/besteffort/pod1/${id}`, 'container 0123456789ab', id],
    ['0::/lxc.payload.web/init.scope', 'machine web', null],
    [String.raw`0::/machine.slice/machine-my\x2dbox.scope/payload`, 'machine my-box', null],
    ['0::/machine.slice/systemd-nspawn@db.service/payload', 'machine db', null],
    ['0::/system.slice/nginx.service', null, null],
    ['', null, null],
  ])('in %s', (cgroup, name, engineId) => {
    expect(nameOf(`${cgroup}\n`)).toEqual({ name, engineId });
  });
});

/** An rpm header (version 4) with strings only. */
function rpmHeader(tags: readonly (readonly [number, string])[]): Buffer {
  const data = Buffer.from(tags.map(([, text]) => `${text}\0`).join(''));
  const head = Buffer.alloc(8 + tags.length * 16);
  head.writeUInt32BE(tags.length, 0);
  head.writeUInt32BE(data.length, 4);
  let offset = 0;
  for (const [index, [tag, text]] of tags.entries()) {
    for (const [at, value] of [tag, 6, offset, 1].entries()) head.writeUInt32BE(value, 8 + index * 16 + at * 4);
    offset += text.length + 1;
  }
  return Buffer.concat([head, data]);
}
