import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runOrThrow } from '../run.ts';

export type MaintainerScript = 'preinst' | 'postinst' | 'prerm' | 'postrm';

/** A package to build, good or bad. Paths are absolute paths on the endpoint. */
export type VendorPackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** More fields of the control file: Depends, Conflicts, Source, Section, Essential ... */
  readonly fields?: Readonly<Record<string, string>>;
  /** Fields that only the index has: Phased-Update-Percentage ... */
  readonly indexFields?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Files that must be executable. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly conffiles?: Readonly<Record<string, string>>;
  /** Bodies of /bin/sh scripts that run under `set -e`. */
  readonly scripts?: Readonly<Partial<Record<MaintainerScript, string>>>;
  /** So many random bytes make the download as long as a test needs it. */
  readonly ballastBytes?: number;
};

export function debName(spec: VendorPackage): string {
  // A file name has no epoch (Debian policy 5.6.12).
  return `${spec.name}_${spec.version.replace(/^\d+:/, '')}_${spec.architecture ?? 'all'}.deb`;
}

export function controlOf(spec: VendorPackage): string {
  const fields: Readonly<Record<string, string>> = {
    Package: spec.name,
    Version: spec.version,
    Architecture: spec.architecture ?? 'all',
    Maintainer: 'Lab Vendor <vendor@lab.example>',
    Priority: 'optional',
    Section: 'misc',
    Description: 'package of the lab',
    ...spec.fields,
  };
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n`;
}

/** Builds the package at `target`; `folder` is used for its tree meanwhile. */
export async function buildDeb(spec: VendorPackage, target: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const put = (path: string, content: string | Uint8Array, mode: number): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  };
  put('DEBIAN/control', controlOf(spec), 0o644);
  for (const [name, body] of Object.entries(spec.scripts ?? {}))
    put(`DEBIAN/${name}`, `#!/bin/sh\nset -e\n${body}\n`, 0o755);
  for (const [path, content] of Object.entries(spec.files ?? {})) put(path, content, 0o644);
  for (const [path, content] of Object.entries(spec.programs ?? {})) put(path, content, 0o755);
  const conffiles = Object.entries(spec.conffiles ?? {});
  for (const [path, content] of conffiles) put(path, content, 0o644);
  if (conffiles.length > 0) put('DEBIAN/conffiles', conffiles.map(([path]) => `${path}\n`).join(''), 0o644);
  const doc = `usr/share/doc/${spec.name}`;
  put(`${doc}/copyright`, 'Apache-2.0\n', 0o644);
  if (spec.ballastBytes !== undefined) put(`${doc}/ballast`, randomBytes(spec.ballastBytes), 0o644);
  mkdirSync(dirname(target), { recursive: true });
  await runOrThrow(['dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '--build', folder, target]);
  rmSync(folder, { recursive: true });
}
