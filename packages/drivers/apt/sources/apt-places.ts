import { HostError, type Host } from '../../host.ts';
import { DEADLINES } from '../limits.ts';

/** Where this endpoint's apt has its configuration, and which architectures it takes. */
export interface AptPlaces {
  readonly sourceList: string;
  readonly sourceParts: string;
  readonly trusted: string;
  readonly trustedParts: string;
  readonly preferences: string;
  readonly preferencesParts: string;
  /** The native one first. */
  readonly architectures: readonly string[];
}

const FILES = {
  SOURCELIST: 'Dir::Etc::sourcelist/f',
  SOURCEPARTS: 'Dir::Etc::sourceparts/f',
  TRUSTED: 'Dir::Etc::trusted/f',
  TRUSTEDPARTS: 'Dir::Etc::trustedparts/f',
  PREFERENCES: 'Dir::Etc::preferences/f',
  PREFERENCESPARTS: 'Dir::Etc::preferencesparts/f',
} as const;

/** @throws HostError `io` when apt-config does not tell */
export async function readAptPlaces(host: Host): Promise<AptPlaces> {
  const run = async (argv: readonly string[]) => {
    const result = await host.run(argv, { deadlineMs: DEADLINES.queryMs });
    if (result.exitCode === 0) return result.stdout;
    throw new HostError('io', `${argv.slice(0, 2).join(' ')}: ${result.stderr.trim().slice(0, 1_000)}`);
  };
  const told = new Map<string, string>();
  for (const [, name = '', value = ''] of (
    await run(['apt-config', 'shell', ...Object.entries(FILES).flat(), 'NATIVE', 'APT::Architecture'])
  ).matchAll(/^([A-Z]+)='([^']*)'$/gm))
    told.set(name, value);
  const place = (name: keyof typeof FILES) => (told.get(name) ?? '').replace(/\/+$/, '');
  const native = told.get('NATIVE') ?? '';
  const dump = await run(['apt-config', 'dump', '--format', '%f %v%n', 'APT::Architectures']);
  const all = [...dump.matchAll(/^APT::Architectures::\S* ([a-z0-9-]+)$/gm)].map(([, name = '']) => name);
  return {
    sourceList: place('SOURCELIST'),
    sourceParts: place('SOURCEPARTS'),
    trusted: place('TRUSTED'),
    trustedParts: place('TRUSTEDPARTS'),
    preferences: place('PREFERENCES'),
    preferencesParts: place('PREFERENCESPARTS'),
    architectures: [...new Set([native, ...all])].filter((name) => name !== ''),
  };
}
