import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { OperatingSystem } from '@thimble/advisories';
import { type FileTree, HostError, lookForComponents } from '@thimble/drivers';
import { type ReadGap, SBOM_LIMITS } from '@thimble/sbom';
import type { Cli } from '../../cli.ts';
import { CliError, usageError } from '../../cli-error.ts';
import { type FileKind, lookAtFile } from './look-at-file.ts';
import { lookAtMachine } from './look-at-machine.ts';
import { lookAtRoot, openRoot, operatingSystemOf } from './look-at-root.ts';
import type { Seen } from './seen.ts';

export interface LookOptions {
  /** Undefined: this machine. */
  readonly target: string | undefined;
  readonly kind?: FileKind | undefined;
  /** `debian:12`: for package databases that do not say it. */
  readonly os?: string | undefined;
  readonly osRelease?: string | undefined;
  /** Also look for language packages on this machine, which reads all folders. */
  readonly languages: boolean;
}

/** Finds out what a target holds. @throws CliError */
export async function look(cli: Cli, options: LookOptions): Promise<Seen> {
  const os = await statedSystem(options);
  if (options.target === undefined) {
    const seen = await lookAtMachine(cli);
    return options.languages ? withComponents(seen, '/') : seen;
  }
  const path = options.target;
  const status = await stat(path).catch((cause: unknown) => {
    throw new CliError('no-such-target', `${path} is not there or can not be read`, { cause });
  });
  if (status.isDirectory()) return lookAtFolder(path, os, options.languages);
  if (!status.isFile()) throw new CliError('unsupported', `${path} is neither a file nor a folder`);
  if (status.size > SBOM_LIMITS.fileBytes * 4) throw new CliError('too-large', `${path} has ${status.size} bytes`);
  return lookAtFile(await readFile(path), path, { kind: options.kind, os });
}

/** A folder with an operating system in it is a root; any other is somebody's project. */
async function lookAtFolder(path: string, os: OperatingSystem | null, languages: boolean): Promise<Seen> {
  await using tree = await openRoot(path);
  const system = await lookAtRoot(tree);
  const isRoot = system.os !== null || system.packages.length > 0;
  const found = isRoot && !languages ? null : await components(tree, isRoot);
  const gaps: ReadGap[] = [...system.gaps, ...(found?.gaps ?? [])];
  if (!isRoot && (found === null || found.fileCount === 0) && gaps.length === 0)
    gaps.push({ what: path, why: 'no lock file, installed package, bill of materials or package database is in it' });
  if (system.packages.length > 0 && os === null && system.os === null)
    gaps.push({ what: path, why: 'no os-release file says whose packages these are; name the system: --os debian:12' });
  return {
    subject: { name: basename(resolve(path)) || '/', version: '' },
    os: os ?? system.os,
    packages: system.packages,
    components: found?.components ?? [],
    gaps,
    kernelRelease: null,
  };
}

async function withComponents(seen: Seen, root: string): Promise<Seen> {
  await using tree = await openRoot(root);
  const found = await components(tree, true);
  return { ...seen, components: [...seen.components, ...found.components], gaps: [...seen.gaps, ...found.gaps] };
}

async function components(tree: FileTree, wholeSystem: boolean) {
  try {
    return await lookForComponents(tree, wholeSystem);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    throw new CliError(error.code, error.message, { hint: 'Scan a part of it.', cause: error });
  }
}

async function statedSystem({ os, osRelease }: LookOptions): Promise<OperatingSystem | null> {
  if (osRelease !== undefined) {
    const text = await readFile(osRelease, 'utf8').catch((cause: unknown) => {
      throw new CliError('no-such-target', `${osRelease} is not there or can not be read`, { cause });
    });
    return operatingSystemOf(text);
  }
  if (os === undefined) return null;
  const match = /^([a-z0-9._-]+)(?::([\w.-]+))?$/.exec(os);
  if (match?.[1] === undefined)
    throw usageError(`${os} names no operating system`, 'Like --os debian:12 or --os alpine:3.19');
  return { id: match[1], idLike: [], versionId: match[2] ?? '', codename: '' };
}
