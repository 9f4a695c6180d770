import type { RuntimeExposure } from '@thimble/advisories';
import type { AffectedEndpoint, FixState } from '@thimble/protocol';
import { type ActiveException, exceptionText, excepts } from '../exceptions/active.ts';
import { type Kernels, kernelRole } from '../summaries/kernel-role.ts';
import { type InUse, runtimeOf } from './runtime.ts';

/** One vulnerability in one software of one endpoint, as the verdict has it. */
export interface Occurrence {
  readonly vulnerability: string;
  readonly outcome: 'affected' | 'unknown';
  readonly name: string;
  readonly version: string;
  readonly architecture: string | null;
  readonly source: string | null;
  readonly namespace: string;
  readonly purl: string;
  readonly origin: string;
  readonly kernelRelease: string | null;
  readonly fixState: FixState;
  readonly fixVersion: string | null;
  readonly vendorStatus: string | null;
}

/** What else of the endpoint decides about it. */
export interface Surroundings {
  readonly endpointId: string;
  readonly kernels: Kernels;
  readonly inUse: InUse;
  readonly exceptions: readonly ActiveException[];
  /** Packages that an approved order under way changes, with the words for it. */
  readonly scheduled: ReadonlyMap<string, string>;
  /** Vulnerabilities that the kernel has which the next boot starts. */
  readonly inNextKernel: ReadonlySet<string>;
}

export interface Classified {
  readonly state: AffectedEndpoint['state'];
  readonly explanation: string;
  readonly runtime: RuntimeExposure | 'left-over-kernel';
}

/** What a verdict means on one endpoint. */
export function classify(occurrence: Occurrence, around: Surroundings): Classified {
  const { kernels } = around;
  const { name, version, kernelRelease } = occurrence;
  const role = kernelRole(kernelRelease, kernels);
  if (role === 'left-over')
    return {
      state: 'closed',
      explanation: `${name} ${version} is on the disk; kernel ${kernels.running} runs, and the next boot starts ${kernels.installed ?? 'another one'}`,
      runtime: 'left-over-kernel',
    };
  const runs = kernelRelease !== null && kernelRelease === kernels.running;
  const isInstalled = occurrence.origin !== 'ecosystem';
  const runtime = runs ? 'running' : runtimeOf({ name, isInstalled }, around.inUse);
  const exception = around.exceptions.find(
    (each) => each.vulnerability === occurrence.vulnerability && excepts(each, occurrence, around.endpointId),
  );
  if (exception !== undefined) return { state: 'accepted', explanation: exceptionText(exception), runtime };
  const rebooting = runs && kernels.installed !== null && kernels.installed !== kernels.running;
  if (rebooting && !around.inNextKernel.has(occurrence.vulnerability))
    return {
      state: 'installed-not-effective',
      explanation: `waits for reboot: kernel ${kernels.installed} installed, ${kernels.running} running`,
      runtime,
    };
  const scheduled = occurrence.fixVersion === null ? undefined : around.scheduled.get(name);
  if (scheduled !== undefined) return { state: 'scheduled', explanation: scheduled, runtime };
  return { state: 'open', explanation: openText(occurrence), runtime };
}

function openText({ outcome, name, version, fixState, fixVersion, vendorStatus }: Occurrence): string {
  const word = vendorStatus === null ? '' : ` (${vendorStatus})`;
  const installed = `${name} ${version} is installed`;
  if (outcome === 'unknown') return `${installed}; whether it is affected is not known${word}`;
  if (fixVersion !== null) return `${installed}, ${fixVersion} fixes it`;
  return `${installed}; ${FIX_TEXT[fixState]}${word}`;
}

const FIX_TEXT: Readonly<Record<FixState, string>> = {
  fixed: 'a fix is published',
  none: 'there is no fix yet',
  'wont-fix': 'it will not be fixed',
  deferred: 'its fix is deferred to a later update',
  'end-of-life': 'it gets no fixes any more',
  unknown: 'no fix is known',
};
