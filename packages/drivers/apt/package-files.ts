import type { Host } from '../host.ts';
import { READ_LIMITS } from './limits.ts';

/** The files of an installed package, from dpkg's list of them; empty when it has none. */
export async function packageFiles(host: Host, name: string, architecture: string): Promise<readonly string[]> {
  const limit = { maxBytes: READ_LIMITS.extendedStatesBytes };
  const info = '/var/lib/dpkg/info';
  // Multi-Arch: same packages have the architecture in the name of their list.
  const data =
    (await host.readFile(`${info}/${name}.list`, limit)) ??
    (await host.readFile(`${info}/${name}:${architecture}.list`, limit));
  return data?.toString('utf8').split('\n') ?? [];
}

/** One name for a file before and after the merge of `/` and `/usr`. */
export function mergedPath(path: string): string {
  return path.replace(/^\/(?=(?:bin|sbin|lib|lib32|lib64|libx32)\/)/, '/usr/');
}
