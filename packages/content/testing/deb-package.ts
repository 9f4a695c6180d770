import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface DebSpec {
  readonly name: string;
  readonly version: string;
  /** `all`, if not given. */
  readonly architecture?: string;
  /** As the field: `openssl`, `glibc (2.36-9)`. */
  readonly source?: string;
  /** More fields of its control file: `Depends: …`. */
  readonly fields?: readonly string[];
  /** Files that it installs, by absolute path. One of its own, if not given. */
  readonly files?: Readonly<Record<string, string>>;
  /** `postinst` …: shell scripts. */
  readonly scripts?: Readonly<Record<string, string>>;
}

export interface BuiltDeb {
  readonly spec: DebSpec;
  /** In the pool. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its paragraph in a Packages file. */
  readonly stanza: string;
}

/** A real package, by dpkg-deb; equal specs give equal bytes. */
export async function buildDeb(spec: DebSpec): Promise<BuiltDeb> {
  const { name, version, architecture = 'all' } = spec;
  const work = await mkdtemp(join(tmpdir(), 'deb-'));
  try {
    const tree = join(work, 'tree');
    await write(join(tree, 'DEBIAN/control'), `${controlOf(spec).join('\n')}\n`);
    for (const [script, text] of Object.entries(spec.scripts ?? {}))
      await write(join(tree, 'DEBIAN', script), text, 0o755);
    const files = spec.files ?? { [`/usr/share/${name}/version`]: `${version}\n` };
    for (const [path, text] of Object.entries(files)) await write(join(tree, path), text);
    const file = join(work, 'package.deb');
    await execute('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', tree, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
    });
    const bytes = await readFile(file);
    // The epoch is no part of file names.
    const path = `pool/main/${name.charAt(0)}/${name}/${name}_${version.replace(/^\d+:/, '')}_${architecture}.deb`;
    return { spec, path, bytes, stanza: stanzaOf(spec, path, bytes) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function controlOf({ name, version, architecture = 'all', source, fields = [] }: DebSpec): readonly string[] {
  return [
    `Package: ${name}`,
    ...(source === undefined ? [] : [`Source: ${source}`]),
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: Test <test@example.org>',
    ...fields,
    'Description: a package of a test',
    ' Package: not a field, but a line of text.',
  ];
}

function stanzaOf(spec: DebSpec, path: string, bytes: Uint8Array): string {
  const digest = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
  const lines = [
    ...controlOf(spec),
    `Filename: ${path}`,
    `Size: ${bytes.length}`,
    `MD5sum: ${digest('md5')}`,
    `SHA256: ${digest('sha256')}`,
  ];
  return `${lines.join('\n')}\n`;
}

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode });
}
