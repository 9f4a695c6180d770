import type { PackageAction, PackageChange } from '@thimble/protocol';
import { compareVersions, isVersion } from '@thimble/versions';
import type { Host } from '../host.ts';
import { closesSecurity } from './candidates.ts';
import { compareKeys } from '../dpkg-status.ts';
import type { PackageIndex } from './index-targets.ts';
import type { Installed } from './installed.ts';
import { bestRecord } from './origins.ts';
import { readRecords, type IndexRecord, type IndexRecords } from './packages-index.ts';
import type { SimulatedStep } from './simulation.ts';

export interface ExactChanges {
  readonly changes: readonly PackageChange[];
  /** In KiB, new minus old. */
  readonly installedDeltaKib: number;
  /** Versions without a SHA-256 in a readable index: they can't be approved. */
  readonly unknown: readonly string[];
  readonly records: IndexRecords;
}

/** Digests that somebody approved already: where an index has several files of one version, that one is meant. */
export type ApprovedDigests = ReadonlyMap<string, string | null>;

/** A dry run's steps with everything that the signed indexes say of the packages. */
export async function exactChanges(
  host: Host,
  steps: readonly SimulatedStep[],
  context: {
    readonly installed: Installed;
    readonly indexes: readonly PackageIndex[];
    readonly records: IndexRecords;
    readonly requested: ReadonlySet<string>;
    readonly approved?: ApprovedDigests;
  },
): Promise<ExactChanges> {
  const records = await withMissing(host, steps, context.indexes, context.records);
  const changes: PackageChange[] = [];
  const unknown: string[] = [];
  let installedDeltaKib = 0;
  for (const step of steps) {
    const now = context.installed.find(step.name, step.architecture ?? context.installed.native);
    const reason = context.requested.has(step.name) ? 'requested' : 'dependency';
    if (step.kind === 'remove') {
      installedDeltaKib -= now?.installedKib ?? 0;
      const architecture = now?.architecture ?? step.architecture ?? context.installed.native;
      const source = now?.source ?? step.name;
      const rest = { sha256: null, downloadBytes: 0, origin: null, security: false, reason, source } as const;
      changes.push({ name: step.name, architecture, action: 'remove', from: step.from, to: null, ...rest });
      continue;
    }
    const record = pick(records, step, context.approved?.get(`${step.name} ${step.architecture}`) ?? null);
    if (record?.sha256 === null || record === undefined) {
      unknown.push(`${step.name} ${step.to}`);
      continue;
    }
    installedDeltaKib += record.installedKib - (now?.installedKib ?? 0);
    changes.push({
      name: step.name,
      architecture: step.architecture,
      action: actionOf(step.from, step.to),
      from: step.from,
      to: step.to,
      sha256: record.sha256,
      downloadBytes: record.sizeBytes,
      origin: record.index.origin,
      security: closesSecurity(records.byName.get(step.name) ?? [], step),
      reason,
      source: record.source,
    });
  }
  changes.sort((a, b) => compareKeys(a.name, b.name) || compareKeys(a.architecture, b.architecture));
  return { changes, installedDeltaKib, unknown, records };
}

export function actionOf(from: string | null, to: string): PackageAction {
  if (from === null) return 'install';
  if (from === to) return 'reinstall';
  if (!isVersion('deb', from) || !isVersion('deb', to)) return 'upgrade';
  return compareVersions('deb', from, to) < 0 ? 'upgrade' : 'downgrade';
}

type Install = Extract<SimulatedStep, { kind: 'install' }>;

function pick(records: IndexRecords, step: Install, approved: string | null): IndexRecord | undefined {
  const fitting = (records.byName.get(step.name) ?? []).filter(
    (each) => each.version === step.to && each.architecture === step.architecture && each.index.trusted,
  );
  return fitting.find((each) => each.sha256 === approved) ?? bestRecord(fitting);
}

/** New dependencies are not among the names that were looked up for updates. */
async function withMissing(
  host: Host,
  steps: readonly SimulatedStep[],
  indexes: readonly PackageIndex[],
  records: IndexRecords,
): Promise<IndexRecords> {
  const missing = new Set(steps.filter((step) => !records.byName.has(step.name)).map((step) => step.name));
  if (missing.size === 0) return records;
  const more = await readRecords(host, indexes, missing);
  return { byName: new Map([...records.byName, ...more.byName]), unreadable: records.unreadable };
}
