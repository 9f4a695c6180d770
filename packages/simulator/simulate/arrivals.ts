import type { WhatIf } from '@thimble/protocol';
import { createRandom } from '../random/random.ts';
import type { SimulatedUpdate, SimulationInput } from './input.ts';

/** Something that comes to light while time passes. */
export type Arrival =
  | { readonly kind: 'update'; readonly atMs: number; readonly update: SimulatedUpdate; readonly percent: number }
  | { readonly kind: 'kev'; readonly atMs: number; readonly packageName: string; readonly dueMs: number };

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Most entries of CISA's catalogue give three weeks (Binding Operational Directive 22-01 gives two for new ones, six months for old). */
const KEV_DUE_MS = 3 * WEEK_MS;
/** As CVSS scores of a year of Debian's advisories fall, roughly. */
const SEVERITIES = [
  ['critical', 5],
  ['high', 30],
  ['medium', 50],
  ['low', 15],
] as const;
const MADE_UP_BYTES = 2_000_000;

/** What is assumed to be published or to be exploited, in order of time. */
export function arrivalsOf({ whatIf, updatesPerWeek, startMs, days, faultsSeed }: SimulationInput): readonly Arrival[] {
  const endMs = startMs + days * DAY_MS;
  const arrivals = [
    ...whatIf.map((each, at) => arrivalOf(each, at)),
    ...madeUp(updatesPerWeek, startMs, endMs, faultsSeed ?? 0),
  ];
  return arrivals
    .map((arrival) => ({ ...arrival, atMs: Math.max(startMs, arrival.atMs) }))
    .filter(({ atMs }) => atMs < endMs)
    .sort((a, b) => a.atMs - b.atMs);
}

function arrivalOf(whatIf: WhatIf, at: number): Arrival {
  const atMs = Date.parse(whatIf.at);
  switch (whatIf.kind) {
    case 'kev': {
      const dueMs = whatIf.due === undefined ? atMs + KEV_DUE_MS : Date.parse(whatIf.due);
      return { kind: 'kev', atMs, packageName: whatIf.package, dueMs };
    }
    case 'update': {
      const patch = `${whatIf.package} (assumed ${at + 1})`;
      const update = assumed(whatIf.package, patch, whatIf.severity ?? 'critical', atMs);
      return { kind: 'update', atMs, update, percent: whatIf.percent ?? 100 };
    }
    default:
      return whatIf satisfies never;
  }
}

function madeUp(perWeek: number, startMs: number, endMs: number, seed: number): readonly Arrival[] {
  const random = createRandom(seed);
  const count = Math.round((perWeek * (endMs - startMs)) / WEEK_MS);
  return Array.from({ length: count }, (_, n): Arrival => {
    const atMs = random.between(startMs, endMs - 1);
    const name = `made-up-${n + 1}`;
    const update = assumed(name, `${name} 1`, drawSeverity(random.next()), atMs);
    return { kind: 'update', atMs, update, percent: random.between(10, 100) };
  });
}

function drawSeverity(random: number): SimulatedUpdate['severity'] {
  let left = random * 100;
  for (const [severity, share] of SEVERITIES) {
    left -= share;
    if (left < 0) return severity;
  }
  return 'low';
}

function assumed(name: string, patch: string, severity: SimulatedUpdate['severity'], atMs: number): SimulatedUpdate {
  return {
    name,
    source: name,
    patch,
    security: true,
    vulnerabilities: ['assumed'],
    origin: null,
    severity,
    kev: null,
    epss: null,
    ssvc: null,
    publishedMs: atMs,
    downloadBytes: MADE_UP_BYTES,
    needsReboot: null,
  };
}
