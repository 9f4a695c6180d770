import { describe, expect, it } from 'vitest';
import { configuredLookup, isForbiddenAddress, isPrivateAddress, publicLookup } from './private-address.ts';

describe('an address', () => {
  it.each(['1.1.1.1', '9.9.9.9', '11.0.0.1', '100.128.0.1', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '2a00::1'])(
    '%s is public',
    (address) => expect(isPrivateAddress(address)).toBe(false),
  );

  it.each([
    '0.0.0.0',
    '10.255.0.1',
    '100.64.0.1',
    '127.0.0.53',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fd00::1',
    'fe80::1',
    'ff02::1',
    'no address at all',
  ])('%s is not', (address) => expect(isPrivateAddress(address)).toBe(true));
});

it('a name that leads into this machine is refused before a connection is made', async () => {
  const error = await new Promise((resolve) => {
    publicLookup('localhost', { all: true }, resolve);
  });
  expect(error).toMatchObject({ name: 'UpstreamError', code: 'refused' });
});

it('a name that people configured may lead into this machine', async () => {
  const [error, found] = await new Promise<readonly unknown[]>((resolve) => {
    configuredLookup('localhost', { all: true }, (...result) => resolve(result));
  });
  expect(error).toBeNull();
  expect(found).not.toEqual([]);
});

describe('whatever was configured', () => {
  it.each([
    '169.254.169.254',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '0.0.0.0',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '::ffff:100.100.100.200',
    '64:ff9b::c000:c0',
    '2002:a83f:8110::1',
    '::ffff:0.0.0.0',
    'no address at all',
  ])('%s is never asked', (address) => expect(isForbiddenAddress(address)).toBe(true));

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '192.168.1.1',
    'fd00::1',
    '::1',
    '1.1.1.1',
    '::ffff:10.0.0.1',
    '2606:4700::1111',
    '::ffff:168.63.129.17',
  ])('%s may be', (address) => expect(isForbiddenAddress(address)).toBe(false));
});
