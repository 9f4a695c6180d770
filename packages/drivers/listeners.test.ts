import { describe, expect, test } from 'vitest';
import { lostListeners, readListeners } from './listeners.ts';
import { createRecordedHost } from './recorded-host.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (address: string, state: string, inode: number) =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
const FILES = {
  '/proc/1/net/tcp':
    HEAD + row('00000000:01BB', '0A', 7) + row('0100007F:1F90', '0A', 8) + row('0100007F:1F91', '01', 9),
  '/proc/1/net/tcp6': HEAD + row(`${'0'.repeat(32)}:0016`, '0A', 10) + row(`${'0'.repeat(24)}01000000:0277`, '0A', 12),
  '/proc/1/net/udp': HEAD + row('00000000:0035', '07', 11) + row('00000000:D000', '07', 13),
  '/proc/12/comm': 'nginx\n',
  '/proc/7/comm': 'a b\tc\n',
};
const LINKS = { '/proc/12/fd/3': 'socket:[7]', '/proc/12/fd/4': '/dev/null', '/proc/7/fd/1': 'socket:[10]' };

describe('who listens', () => {
  test('is told with protocol, address, port and command; UDP clients and connections do not listen', async () => {
    expect(await readListeners(createRecordedHost({ files: FILES, links: LINKS }))).toEqual([
      'tcp 0.0.0.0:443 nginx',
      'tcp 127.0.0.1:8080 unknown',
      'tcp [::1]:631 unknown',
      'tcp [::]:22 a b c',
      'udp 0.0.0.0:53 unknown',
    ]);
  });

  test('is not told of what people run in their sessions', async () => {
    const cgroup = {
      '/proc/12/cgroup': '0::/user.slice/user-1000.slice/session-3.scope\n',
      '/proc/7/cgroup': '0::/system.slice/ssh.service\n',
    };
    const listeners = await readListeners(createRecordedHost({ files: { ...FILES, ...cgroup }, links: LINKS }));
    expect(listeners).toContain('tcp [::]:22 a b c');
    expect(listeners).not.toContain('tcp 0.0.0.0:443 nginx');
  });

  test('is not told of this process itself, whose gateway for content is gone when it has fetched', async () => {
    const host = createRecordedHost({ files: FILES, links: { ...LINKS, '/proc/self': '12' } });
    expect(await readListeners(host)).not.toContain('tcp 0.0.0.0:443 nginx');
  });

  test('is not known where the tables can not be read', async () => {
    expect(await readListeners(createRecordedHost({}))).toBeNull();
  });
});

describe('who listens no more', () => {
  test.each<readonly [string, readonly string[], readonly string[], readonly string[]]>([
    ['nobody', ['tcp 0.0.0.0:443 nginx'], ['tcp 0.0.0.0:443 nginx', 'tcp 0.0.0.0:80 nginx'], []],
    ['a port', ['tcp 0.0.0.0:443 nginx', 'tcp [::]:443 nginx'], ['tcp 0.0.0.0:443 nginx'], ['tcp [::]:443 nginx']],
    ['nobody when a daemon has another name', ['tcp 0.0.0.0:3306 mysqld'], ['tcp 0.0.0.0:3306 mariadbd'], []],
    ['a protocol', ['udp 0.0.0.0:53 named'], ['tcp 0.0.0.0:53 named'], ['udp 0.0.0.0:53 named']],
    ['nobody with another ephemeral port', ['tcp 0.0.0.0:40001 rpc.statd'], ['tcp 0.0.0.0:50002 rpc.statd'], []],
    ['an ephemeral port of another', ['tcp 0.0.0.0:40001 a'], ['tcp 0.0.0.0:40001 b'], ['tcp 0.0.0.0:40001 a']],
  ])('%s', (_, before, after, lost) => {
    expect(lostListeners(before, after)).toEqual(lost);
  });
});
