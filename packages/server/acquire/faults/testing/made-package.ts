import { createHash } from 'node:crypto';
import type { BuiltDeb } from '@thimble/content/testing';

/** A package as an archive lists it, whose bytes are any: who mirrors and serves does not look into it. Hundreds cost nothing. */
export function makePackage(name: string, version: string, bytes: Buffer): BuiltDeb {
  const path = `pool/main/${name}_${version}_amd64.deb`;
  const lines = [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: amd64',
    'Maintainer: Test <test@example.org>',
    'Description: a package of a test',
    `Filename: ${path}`,
    `Size: ${bytes.length}`,
    `SHA256: ${createHash('sha256').update(bytes).digest('hex')}`,
  ];
  return { spec: { name, version, architecture: 'amd64' }, path, bytes, stanza: `${lines.join('\n')}\n` };
}
