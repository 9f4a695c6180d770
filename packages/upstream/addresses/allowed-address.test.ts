import { describe, expect, it } from 'vitest';
import { assertAllowed } from './allowed-address.ts';

const addresses = {
  isConfigured: (url: URL) => url.origin === 'http://mirror.example',
  isTrusted: (url: URL) => url.hostname === 'mirror.example' || url.hostname === '10.1.2.3',
};

it.each([
  'http://169.254.169.254/',
  'http://[fd00:ec2::254]/',
  'http://0xa9fea9fe/',
  'http://instance-data/',
  'http://[::ffff:169.254.169.254]/',
])('is never %s, whatever was configured', (address) => {
  const everything = { isConfigured: () => true, isTrusted: () => true };
  expect(() => assertAllowed(new URL(address), everything)).toThrow(expect.objectContaining({ code: 'refused' }));
});

const allowed = (address: string) => () => assertAllowed(new URL(address), addresses);

describe('an address that an upstream leads to', () => {
  it.each([
    ['the configured one in clear text', 'http://mirror.example/pool/a.deb'],
    ['a public one by https', 'https://cdn.example/a.deb'],
    ['the configured host by https', 'https://mirror.example/a.deb'],
    ['an inner one that was configured', 'https://10.1.2.3/a.deb'],
    ['a public number by https', 'https://9.9.9.9/'],
  ])('is allowed: %s', (_, address) => {
    expect(allowed(address)).not.toThrow();
  });

  it.each([
    ['clear text elsewhere', 'http://cdn.example/a.deb'],
    ['the configured host at another port in clear text', 'http://mirror.example:81/'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback of IPv6', 'https://[::1]/'],
    ['loopback wrapped in IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['loopback in other digits', 'https://0x7f.1/'],
    ['the metadata service of a cloud', 'https://169.254.169.254/latest/meta-data'],
    ['the metadata service by its name', 'https://metadata.google.internal./computeMetadata/v1/'],
    ['a private network', 'https://192.168.0.1/'],
    ['a file', 'file:///etc/passwd'],
    ['a scheme of its own', 'gopher://mirror.example/'],
  ])('is refused: %s', (_, address) => {
    expect(allowed(address)).toThrow(expect.objectContaining({ name: 'UpstreamError', code: 'refused' }));
  });
});
