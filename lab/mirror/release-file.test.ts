import { expect, test } from 'vitest';
import { parsePackagesIndex } from './packages-index.ts';
import { parseRelease } from './release-file.ts';

const digest = 'a'.repeat(64);

test('a Release gives its fields and only the SHA256 section as indexes', () => {
  const release = parseRelease(
    [
      'Origin: Debian',
      'Suite: stable',
      'Date: Sat, 11 Jul 2026 09:00:00 UTC',
      'MD5Sum:',
      ` ${'b'.repeat(32)}  10 main/binary-amd64/Packages`,
      'SHA256:',
      ` ${digest}   123 main/binary-amd64/Packages.xz`,
      ' not a line of the format',
      'Description: after',
      ` ${digest} 5 not/in/the/section`,
    ].join('\n'),
  );
  expect(release.fields.get('Date')).toBe('Sat, 11 Jul 2026 09:00:00 UTC');
  expect([...release.indexes]).toEqual([['main/binary-amd64/Packages.xz', { sha256: digest, sizeBytes: 123 }]]);
});

test('an index gives a record for each stanza, and fields that end like ours are not ours', () => {
  const index = [
    `Package: openssl\nVersion: 1:3.0\nInstalled-Size: 9\nArchitecture: amd64\nFilename: pool/o.deb\nSize: 42\nSHA256: ${digest}`,
    'Source: nothing',
    '',
  ].join('\n\n');
  expect([...parsePackagesIndex(index).values()]).toEqual([
    { name: 'openssl', version: '1:3.0', architecture: 'amd64', filename: 'pool/o.deb', sizeBytes: 42, sha256: digest },
  ]);
});
