import { HostError, type Host } from '../host.ts';
import { DEADLINES } from './limits.ts';

const FILES_AT_ONCE = 500;

/** SHA-256 of files, by coreutils: package files are larger than what we want in memory. Absent: not readable. */
export async function digestsOf(host: Host, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (let start = 0; start < paths.length; start += FILES_AT_ONCE) {
    const some = paths.slice(start, start + FILES_AT_ONCE);
    const result = await host.run(['sha256sum', '--zero', '--', ...some], { deadlineMs: DEADLINES.downloadMs });
    if (result.truncated || result.stopped !== null) throw new HostError('io', 'sha256sum did not end');
    for (const line of result.stdout.split('\0')) {
      const match = /^([0-9a-f]{64}) [ *](.*)$/s.exec(line);
      if (match?.[1] !== undefined && match[2] !== undefined) digests.set(match[2], match[1]);
    }
  }
  return digests;
}

/** The name under which apt keeps a package file (pkgAcqArchive: QuoteString of version and architecture). */
export function archiveName(each: {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}): string {
  const quote = (text: string, bad: RegExp) =>
    text.replace(bad, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `${each.name}_${quote(each.version, /[_:%]/g)}_${quote(each.architecture, /[_:.%]/g)}.deb`;
}
