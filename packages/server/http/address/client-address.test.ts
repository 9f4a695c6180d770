import fc from 'fast-check';
import { isIP } from 'node:net';
import { describe, expect, it, test } from 'vitest';
import { clientAddress } from './client-address.ts';

const PROXIES = ['10.0.0.0/8', '2001:db8:ffff::/48'];
const at = (peer: string, header?: string, proxies: readonly string[] = PROXIES) =>
  clientAddress(peer, header, proxies);

describe('whose request it is', () => {
  test.each([
    ['nobody is trusted', '10.0.0.1', '192.0.2.1', [], '10.0.0.1'],
    ['the peer is no proxy', '198.51.100.9', '192.0.2.1', PROXIES, '198.51.100.9'],
    ['a proxy says whom it saw', '10.0.0.1', '192.0.2.1', PROXIES, '192.0.2.1'],
    ['a proxy says nothing', '10.0.0.1', undefined, PROXIES, '10.0.0.1'],
    ['what the client wrote stands further left', '10.0.0.1', '1.1.1.1, 10.9.9.9, 192.0.2.1', PROXIES, '192.0.2.1'],
    ['two proxies', '10.0.0.1', '1.1.1.1, 192.0.2.1, 10.0.0.2', PROXIES, '192.0.2.1'],
    ['all are proxies', '10.0.0.1', '10.0.0.3,10.0.0.2', PROXIES, '10.0.0.3'],
    ['a port', '10.0.0.1', '192.0.2.1:4711', PROXIES, '192.0.2.1'],
    ['IPv6', '10.0.0.1', '2001:db8::7', PROXIES, '2001:db8::7'],
    ['IPv6 with a port', '10.0.0.1', '[2001:db8::7]:4711', PROXIES, '2001:db8::7'],
    ['IPv6 in another way of writing', '10.0.0.1', '2001:0DB8:0:0::0007', PROXIES, '2001:db8::7'],
    ['a proxy by IPv6', '2001:db8:ffff::1', '192.0.2.1', PROXIES, '192.0.2.1'],
    ['a proxy as IPv6 sees IPv4', '::ffff:10.0.0.1', '192.0.2.1', PROXIES, '192.0.2.1'],
    ['an address as IPv6 sees IPv4', '10.0.0.1', '::ffff:192.0.2.1', PROXIES, '192.0.2.1'],
  ] as const)('%s', (_, peer, header, proxies, expected) => {
    expect(at(peer, header, proxies)).toBe(expected);
  });

  test.each(['', 'unknown', '_hidden', '300.1.1.1', '192.0.2.1; drop', 'fe80::1%eth0', '1.2.3', '[::1', '192.0.2.1:x'])(
    'what is no address ends at the proxy that wrote it: %j',
    (garbage) => {
      expect(at('10.0.0.1', `192.0.2.1, ${garbage}`)).toBe('10.0.0.1');
      expect(at('10.0.0.1', `192.0.2.1, ${garbage}, 10.0.0.2`)).toBe('10.0.0.2');
    },
  );

  it('nothing that a client writes changes what a proxy saw, and the answer is always an address', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.ipV4(), (written, seen) => {
        fc.pre(!seen.startsWith('10.'));
        expect(at('10.0.0.1', `${written}, ${seen}`)).toBe(seen);
        expect(isIP(at('10.0.0.1', written))).not.toBe(0);
      }),
    );
  });

  it('looks at ten proxies and no more', () => {
    const long = ['192.0.2.1', ...Array.from({ length: 100_000 }, () => '10.0.0.2')].join(',');
    expect(at('10.0.0.1', long)).toBe('10.0.0.2');
  });
});
