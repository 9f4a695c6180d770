import type { Gap, RepositoryIndex, Update } from '@thimble/protocol';
import { compareVersions, isVersion } from '@thimble/versions';
import type { Host } from '../host.ts';
import { classifyAptError, type AptError } from './apt-errors.ts';
import { compareKeys } from '../dpkg-status.ts';
import { readIndexes, type PackageIndex } from './index-targets.ts';
import { readInstalled, type Installed } from './installed.ts';
import { bestRecord } from './origins.ts';
import { readRecords, type IndexRecord, type IndexRecords } from './packages-index.ts';
import { isSecurityOrigin } from './security.ts';
import { simulate, type SimulatedStep } from './simulation.ts';
import { qualifiedName } from './resolve.ts';
import type { AptWorkspace } from './workspace.ts';

/** Everything that apt would take if holds and phases did not keep it back, with what the indexes say of it. */
export interface Candidates {
  readonly installed: Installed;
  readonly indexes: readonly PackageIndex[];
  readonly records: IndexRecords;
  readonly updates: readonly Update[];
  readonly gaps: readonly Gap[];
}

export type CandidatesResult =
  | { readonly ok: true; readonly candidates: Candidates }
  | { readonly ok: false; readonly error: AptError };

/** The administrator's preferences or dependencies have decided: nothing is unknown about these. */
export const KEPT_BACK = 'kept back';
/** Neither holds nor phases keep anything back: those are judged afterwards, and shown. */
const UNRESTRICTED = ['-o', 'APT::Ignore-Hold=true', '-o', 'APT::Get::Always-Include-Phased-Updates=true'];
type Upgrade = Extract<SimulatedStep, { kind: 'install' }> & { readonly from: string };

export async function readCandidates(
  host: Host,
  workspace: AptWorkspace,
  options: { readonly conffiles: boolean; readonly signal?: AbortSignal },
): Promise<CandidatesResult> {
  const [installed, indexes, all] = await Promise.all([
    readInstalled(host, options.conffiles ? () => true : undefined),
    readIndexes(host, workspace),
    simulate(host, workspace, [...UNRESTRICTED, 'dist-upgrade'], options.signal),
  ]);
  if (!all.ok) return all;
  const records = await readRecords(host, indexes, new Set(installed.packages.map((each) => each.name)));
  const gaps: Gap[] = records.unreadable.map(({ path, why }) => ({ what: path.slice(-400), why }));
  const upgrades = upgradesOf(all.steps);
  // The largest solution may remove or keep back what could be updated by itself.
  const left = leftOut(installed, records, new Set(upgrades.map((step) => step.name)));
  if (left.length > 0) {
    const args = [...UNRESTRICTED, 'install', '--only-upgrade', ...left];
    const more = await simulate(host, workspace, args, options.signal);
    const known = new Set(upgrades.map(keyOf));
    if (more.ok) upgrades.push(...upgradesOf(more.steps).filter((step) => !known.has(keyOf(step))));
    const found = new Set(upgrades.map((step) => step.name));
    const names = left.filter((name) => !found.has(name.replace(/:.*/, ''))).slice(0, 40);
    const why = `apt's preferences or dependencies keep newer versions back of: ${names.join(', ')}`;
    if (names.length > 0) gaps.push({ what: KEPT_BACK, why });
  }
  const phasing = upgrades.some((step) => phaseOf(records, step.name, step.to) !== null);
  const included = phasing ? await includedNow(host, workspace, options.signal) : new Set<string>();
  const updates: Update[] = [];
  for (const step of upgrades) {
    const update = describeUpdate(step, installed, records, included);
    if (update !== null) updates.push(update);
    else
      gaps.push({ what: `${step.name} ${step.to}`.slice(0, 512), why: 'no readable index has this candidate of apt' });
  }
  updates.sort((a, b) => compareKeys(a.name, b.name) || compareKeys(a.architecture, b.architecture));
  return { ok: true, candidates: { installed, indexes, records, updates, gaps } };
}

function upgradesOf(steps: readonly SimulatedStep[]): Upgrade[] {
  return steps.flatMap((step) => (step.kind === 'install' && step.from !== null ? [{ ...step, from: step.from }] : []));
}

function keyOf(step: Pick<Upgrade, 'name' | 'architecture'>): string {
  return `${step.name}:${step.architecture}`;
}

function describeUpdate(
  step: Upgrade,
  installed: Installed,
  records: IndexRecords,
  included: ReadonlySet<string>,
): Update | null {
  const now = installed.find(step.name, step.architecture);
  const record = findRecord(records, step.name, step.architecture, step.to);
  if (record === undefined || now === undefined) return null;
  const percentage = phaseOf(records, step.name, step.to);
  return {
    name: step.name,
    architecture: step.architecture,
    installed: step.from,
    candidate: step.to,
    source: record.source,
    sourceVersion: record.sourceVersion,
    security: closesSecurity(records.byName.get(step.name) ?? [], step),
    origin: record.index.origin,
    downloadBytes: record.sizeBytes,
    held: now.held,
    phased: percentage === null ? null : { percentage, included: included.has(keyOf(step)) },
  };
}

/** apt itself decides, by the machine id, whether this machine is in the phase of an update. */
async function includedNow(host: Host, workspace: AptWorkspace, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const args = ['-o', 'APT::Ignore-Hold=true', 'dist-upgrade'];
  const simulation = await simulate(host, workspace, args, signal);
  return new Set(simulation.ok ? simulation.steps.map((step) => `${step.name}:${step.architecture ?? ''}`) : []);
}

function phaseOf(records: IndexRecords, name: string, version: string): number | null {
  const record = records.byName.get(name)?.find((each) => each.version === version && each.phasedPercentage !== null);
  return record?.phasedPercentage ?? null;
}

export function findRecord(
  records: IndexRecords,
  name: string,
  architecture: string,
  version: string,
): IndexRecord | undefined {
  return bestRecord(
    (records.byName.get(name) ?? []).filter((each) => each.version === version && each.architecture === architecture),
  );
}

/** The candidate, or a version that it skips, came from a security pocket. */
export function closesSecurity(
  records: readonly IndexRecord[],
  step: { readonly from: string | null; readonly to: string },
): boolean {
  return records.some(
    (each) =>
      isSecurityOrigin(each.index.origin) && isNewer(each.version, step.from) && !isNewer(each.version, step.to),
  );
}

export function isNewer(version: string, than: string | null): boolean {
  if (than === null) return true;
  if (!isVersion('deb', version) || !isVersion('deb', than)) return false;
  return compareVersions('deb', version, than) > 0;
}

function leftOut(installed: Installed, records: IndexRecords, taken: ReadonlySet<string>): readonly string[] {
  return installed.packages
    .filter(
      (each) =>
        !taken.has(each.name) &&
        (records.byName.get(each.name) ?? []).some(
          (record) =>
            record.index.release?.notAutomatic !== true &&
            record.architecture === each.architecture &&
            isNewer(record.version, each.version),
        ),
    )
    .map((each) => qualifiedName(each, installed.native));
}

export function repositoryIndexes(indexes: readonly PackageIndex[]): RepositoryIndex[] {
  const byRelease = new Map<string, RepositoryIndex>();
  for (const { releasePrefix, release, repositoryUri, suite } of indexes) {
    if (release === null) continue;
    const { sha256, date, validUntil } = release;
    byRelease.set(releasePrefix, { uri: repositoryUri, suite, sha256, date, validUntil });
  }
  return [...byRelease.values()].slice(0, 1_000);
}

export function notVerified(indexes: readonly PackageIndex[]): AptError | null {
  const open = indexes.find((index) => !index.trusted);
  return open === undefined
    ? null
    : classifyAptError(`E: ${open.repositoryUri} ${open.suite} is not signed`, 'index-not-verified');
}
