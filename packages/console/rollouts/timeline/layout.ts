import type { RolloutRing } from '@thimble/protocol';

/** What a ring does in a stretch of time; `predicted`: as far as the plan can say. */
export interface Bar {
  readonly kind: 'installing' | 'soak' | 'gate';
  readonly fromMs: number;
  readonly toMs: number;
  readonly predicted: boolean;
}

export interface Row {
  readonly ring: RolloutRing;
  readonly bars: readonly Bar[];
}

export interface Timeline {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly rows: readonly Row[];
  /** Days, hours or minutes: whatever gives a handful of them. */
  readonly ticks: readonly number[];
}

const HOUR_MS = 3_600_000;
const MARGIN = 0.03;
const TICKS_MOST = 9;
const STEPS_MS = [1 / 60, 1 / 12, 1 / 4, 0.5, 1, 2, 4, 6, 12, 24, 48, 96, 168, 336, 672].map(
  (hours) => hours * HOUR_MS,
);

/** Where everything of a rollout lies in time. Null: nothing of it has or predicts a time yet. */
export function layOut(rings: readonly RolloutRing[], nowMs: number, over: boolean): Timeline | null {
  const rows = rings.map((ring) => ({ ring, bars: barsOf(ring, nowMs) }));
  const moments = rows.flatMap(({ ring, bars }) => [
    ...bars.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    ...ring.slots.flatMap(({ startsAt, endsAt }) => [Date.parse(startsAt), Date.parse(endsAt)]),
  ]);
  if (moments.length === 0) return null;
  const all = over ? moments : [...moments, nowMs];
  const first = all.reduce((least, moment) => Math.min(least, moment));
  const last = Math.max(
    all.reduce((most, moment) => Math.max(most, moment)),
    first + HOUR_MS / 60,
  );
  const margin = (last - first) * MARGIN;
  const [fromMs, toMs] = [first - margin, last + margin];
  return { fromMs, toMs, nowMs, rows, ticks: ticksOf(fromMs, toMs) };
}

/** From when it opened until its gate; what is after now is predicted. */
function barsOf(ring: RolloutRing, nowMs: number): readonly Bar[] {
  const opens = moment(ring.openedAt ?? ring.predictedOpensAt);
  if (opens === null) return [];
  const passes = moment(ring.passedAt ?? ring.predictedPassesAt);
  const soakMs = ring.soakSeconds * 1000;
  const begun = ring.openedAt !== null;
  const ends = Math.max(
    opens,
    moment(ring.predictedEndsAt) ?? (passes === null ? (begun ? nowMs : opens) : passes - soakMs),
  );
  const soaked = Math.max(ends, Math.min(ends + soakMs, passes ?? Number.POSITIVE_INFINITY));
  const through = Math.max(soaked, passes ?? (ring.state === 'gate' ? nowMs : soaked));
  return [
    ...cut('installing', opens, ends, begun, nowMs),
    ...cut('soak', ends, soaked, begun, nowMs),
    ...cut('gate', soaked, through, begun, nowMs),
  ];
}

/** In two where it is under way: what has been, and what is predicted. */
function cut(kind: Bar['kind'], fromMs: number, toMs: number, begun: boolean, nowMs: number): readonly Bar[] {
  if (toMs <= fromMs) return [];
  if (!begun || fromMs >= nowMs) return [{ kind, fromMs, toMs, predicted: true }];
  if (toMs <= nowMs) return [{ kind, fromMs, toMs, predicted: false }];
  return [
    { kind, fromMs, toMs: nowMs, predicted: false },
    { kind, fromMs: nowMs, toMs, predicted: true },
  ];
}

function moment(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

/** In the reader's own days and hours. */
export function ticksOf(fromMs: number, toMs: number): readonly number[] {
  const lengthMs = toMs - fromMs;
  const stepMs = STEPS_MS.find((step) => lengthMs / step <= TICKS_MOST) ?? lengthMs / TICKS_MOST;
  const offsetMs = new Date(fromMs).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let at = Math.ceil((fromMs - offsetMs) / stepMs) * stepMs + offsetMs; at <= toMs; at += stepMs) ticks.push(at);
  return ticks;
}
