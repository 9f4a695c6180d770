import type { PolicyDocument, SimulateRequest, WhatIf } from '@thimble/protocol';

/** One line of the what-ifs; an empty package says nothing. */
export interface AssumedEvent {
  readonly kind: WhatIf['kind'];
  readonly package: string;
  /** A day such as 2026-03-01; empty: at once. */
  readonly day: string;
}

export interface PreviewDraft {
  readonly days: number;
  readonly updatesPerWeek: number;
  /** Endpoints fail and are away by chance. */
  readonly faults: boolean;
  readonly seed: number;
  readonly assumed: readonly AssumedEvent[];
  /** Beside it, the policies as they are. */
  readonly compare: boolean;
}

export const PREVIEW_BEGINNING: PreviewDraft = {
  days: 60,
  updatesPerWeek: 5,
  faults: false,
  seed: 1,
  assumed: [],
  compare: false,
};

interface Previewed {
  /** In the place of the policy of its name; undefined: the policies as they are. */
  readonly draft: PolicyDocument | undefined;
  readonly policyName: string;
}

export function simulationOf(
  { days, updatesPerWeek, faults, seed, assumed, compare }: PreviewDraft,
  { draft, policyName }: Previewed,
  nowMs: number,
): SimulateRequest {
  const whatIf = assumed
    .filter((event) => event.package.trim() !== '')
    .map(({ kind, package: name, day }): WhatIf => ({ kind, package: name.trim(), at: momentOf(day, nowMs) }));
  return {
    days,
    updatesPerWeek,
    policyName,
    ...(draft === undefined ? {} : { policy: draft }),
    ...(compare && draft !== undefined ? { compareWith: 'present' as const } : {}),
    ...(faults ? { faultsSeed: seed } : {}),
    ...(whatIf.length === 0 ? {} : { whatIf }),
  };
}

/** The day's beginning in the reader's time zone; what is past, or no day, is now. */
function momentOf(day: string, nowMs: number): string {
  const atMs = Date.parse(`${day}T00:00:00`);
  return new Date(Number.isNaN(atMs) ? nowMs : Math.max(atMs, nowMs)).toISOString();
}
