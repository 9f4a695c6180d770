import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture } from './testing/fixture.ts';
import { classifyAptError } from './apt-errors.ts';
import { parseStatusLine } from './detached-run.ts';
import { parseDpkgStatus, parseExtendedStates } from '../dpkg-status.ts';
import { parseIndexTargets, type PackageIndex } from './index-targets.ts';
import { buildVersion } from './kernel.ts';
import { parseOsRelease } from '../os-release.ts';
import { parseRecord } from './packages-index.ts';
import { parseMaps, parseUnit } from './processes.ts';
import { failedUris } from './refresh.ts';
import { parseRelease } from './release-file.ts';
import { logTail } from './results.ts';
import { parseSimulation, readSimulation } from './simulation.ts';
import { countCpus } from './system.ts';
import { parseFailedUnits } from './units.ts';

const INDEX = {} as PackageIndex;
const PARSERS: readonly (readonly [string, string, (text: string) => unknown])[] = [
  ['dpkg status', 'dpkg-status.txt', (text) => parseDpkgStatus(text, () => true)],
  ['extended states', 'extended-states.txt', (text) => parseExtendedStates(text)],
  ['index targets', 'indextargets.txt', (text) => parseIndexTargets(text)],
  [
    'index records',
    'dpkg-status.txt',
    (text) => text.split('\n\n').map((each) => parseRecord(each, INDEX, new Set(['dpkg']))),
  ],
  ['Release', 'inrelease.txt', (text) => parseRelease(text)],
  ['dry run', 'simulate-dist-upgrade.txt', (text) => parseSimulation(text)],
  ['maps', 'sshd-maps.txt', (text) => parseMaps(text, text.slice(0, 50))],
  ['cgroup', 'indextargets.txt', (text) => parseUnit(text)],
  ['failed units', 'failed-units.json', (text) => parseFailedUnits(text)],
  ['status lines', 'status-fd.txt', (text) => text.split('\n').map(parseStatusLine)],
  ['errors', 'unmet.txt', (text) => [classifyAptError(text, 'unsupported'), failedUris(text), logTail(text)]],
  ['os-release', 'inrelease.txt', (text) => [parseOsRelease(text), buildVersion(text, text), countCpus(text)]],
];

/** Bytes as a hostile machine may give them: pure noise, and recordings with a part replaced by noise. */
function noise(recording: string) {
  const text = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  const damaged = fc
    .tuple(text, fc.nat(recording.length), fc.nat(200))
    .map(([bytes, at, cut]) => recording.slice(0, at) + bytes + recording.slice(at + cut));
  return fc.oneof(text, damaged);
}

describe('a parser of what a machine says', () => {
  it.each(PARSERS)('%s: never throws, and gives no more than it got', (_, name, parse) => {
    const recording = fixture(import.meta.dirname, name);
    fc.assert(
      fc.property(noise(recording), (text) => {
        const size = JSON.stringify(parse(text) ?? null).length;
        // Control characters become six in JSON; fields that are missing are named.
        expect(size).toBeLessThan(text.length * 12 + 4_000);
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it('takes garbage with a bad exit code, or cut output, for no dry run', () => {
    const base = { signal: null, stderr: '', truncated: false, stopped: null } as const;
    const stdout = fixture(import.meta.dirname, 'simulate-remove.txt');
    expect(readSimulation({ ...base, exitCode: 0, stdout })).toMatchObject({ ok: true });
    expect(readSimulation({ ...base, exitCode: 100, stdout })).toMatchObject({ ok: false });
    expect(readSimulation({ ...base, exitCode: null, stdout })).toMatchObject({ ok: false });
    expect(readSimulation({ ...base, exitCode: 0, stdout, truncated: true })).toMatchObject({ ok: false });
    expect(readSimulation({ ...base, exitCode: 0, stdout, stopped: 'deadline' })).toMatchObject({ ok: false });
    expect(readSimulation({ ...base, exitCode: 0, stdout: 'Inst \u0000' })).toMatchObject({ ok: false });
  });
});
