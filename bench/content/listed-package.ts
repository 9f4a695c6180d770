import { createHash } from 'node:crypto';
import type { BuiltDeb } from '@thimble/content/testing';

/** A package as an index lists it, with any bytes: nobody here looks into it. */
export function listedPackage(name: string, bytes: Buffer): BuiltDeb {
  const path = `pool/main/${name}_1.0_amd64.deb`;
  const lines = [
    `Package: ${name}`,
    'Version: 1.0',
    'Architecture: amd64',
    'Maintainer: Bench <bench@example.org>',
    'Description: a package of a benchmark',
    `Filename: ${path}`,
    `Size: ${bytes.length}`,
    `SHA256: ${createHash('sha256').update(bytes).digest('hex')}`,
  ];
  return { spec: { name, version: '1.0', architecture: 'amd64' }, path, bytes, stanza: `${lines.join('\n')}\n` };
}
