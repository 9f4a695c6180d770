import { describe, expect, it } from 'vitest';
import { startSeconds } from './in-use.ts';
import { parseSockets } from './listening.ts';

/** Lines of /proc/net/tcp, tcp6 and udp as Linux 6.1 prints them. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   105        0 21 1 0000000000000000 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22 1 0000000000000000 100 0 0 10 0
   2: 0A00020F:0016 0202000A:D5E4 01 00000000:00000000 02:000A5F2F 00000000     0        0 23 4 0000000000000000 20 4 30 10 -1
   3: 3500007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 24 1 0000000000000000 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 32 1 0000000000000000 100 0 0 10 0
   2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 33 1 0000000000000000 100 0 0 10 0
`;
const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  100: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 41 2 0000000000000000 0
  101: 00000000:C001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 42 2 0000000000000000 0
  102: 0F02000A:0044 0202000A:0043 01 00000000:00000000 00:00000000 00000000     0        0 43 2 0000000000000000 0
`;

describe('listening sockets', () => {
  it.each([
    ['tcp', TCP, { 21: 'loopback', 22: 'beyond', 24: 'loopback' }],
    ['tcp6', TCP6, { 31: 'beyond', 32: 'loopback', 33: 'loopback' }],
    ['udp: clients and connections do not serve', UDP, { 41: 'beyond' }],
    ['garbage', 'x\n 0: zz:00 \u0000\n', {}],
  ])('%s', (_, text, expected) => {
    expect(Object.fromEntries(parseSockets(text))).toEqual(expected);
  });
});

describe('when a process began', () => {
  it('is found behind a command with brackets and blanks', () => {
    const stat = '42 (a) b (c)) S 1 42 42 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 12345 1 1 18446744073709551615 0';
    expect(startSeconds(stat)).toBe(123.45);
    expect(startSeconds('')).toBeNaN();
  });
});
