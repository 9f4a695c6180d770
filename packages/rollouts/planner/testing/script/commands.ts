import type { MemberFacts, MemberProgress, RingFacts } from '../../index.ts';
import { FAILED, MINUTE, PLANNED } from '../facts.ts';
import { printActions, printMember, printReport } from './print.ts';
import { lengthOf, type World } from './world.ts';

/** Rounds until a plan asks for nothing more; one that never does is a bug. */
const ROUNDS_AT_MOST = 10;

export type Command = (words: readonly string[], world: World, text: string) => readonly string[];

const SAID: readonly string[] = [];

/** The language of operator scripts: a line each. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  policy: (_, world, text) => {
    world.setPolicy(text);
    return SAID;
  },
  /** `fleet web 12 zone Asia/Tokyo takes 20m label cluster=a patches 1 off` */
  fleet: ([name = '', count = '1', ...rest], world) => {
    const option = (key: string): string | undefined => (rest.includes(key) ? rest[rest.indexOf(key) + 1] : undefined);
    const labels = new Map(
      rest.flatMap((word) =>
        word.includes('=') ? [[word.split('=')[0] ?? '', word.split('=')[1] ?? ''] as const] : [],
      ),
    );
    const first = world.facts().members.filter(({ hostname }) => /^\D+/.exec(hostname)?.[0] === name).length + 1;
    for (let number = first; number < first + Number(count); number++)
      world.join(
        {
          hostname: `${name}${number}`,
          ...(option('zone') === undefined ? {} : { timeZone: option('zone') ?? '' }),
          ...(option('takes') === undefined ? {} : { expectedMs: lengthOf(option('takes') ?? '') }),
          ...(rest.includes('off') ? { online: false } : {}),
        },
        { labels, site: option('site') ?? null },
      );
    return SAID;
  },
  /** `patch openssl deadline 2026-05-10T00:00Z`: everybody lacks it. */
  patch: ([key = '', , deadline], world) => {
    const { patches } = world.facts();
    const next = [...patches, { key, deadlineMs: deadline === undefined ? null : Date.parse(deadline), risk: 1 }];
    world.change({ patches: next, patchSets: [next.map((_, index) => index)] });
    return SAID;
  },
  at: ([time = ''], world) => {
    world.setNow(Date.parse(time));
    return SAID;
  },
  after: ([length = ''], world) => {
    world.setNow(world.nowMs() + lengthOf(length));
    return SAID;
  },
  plan: (_, world) => {
    const lines: string[] = [];
    for (let round = 0; round < ROUNDS_AT_MOST; round++) {
      const { plan } = world.plan();
      if (plan.actions.length === 0) return lines.length === 0 ? ['nothing to do'] : lines;
      lines.push(...printActions(plan, world));
      if (plan.actions.some(({ kind }) => kind === 'finish')) return lines;
    }
    throw new Error('the plan never asks for nothing');
  },
  why: ([words = ''], world) => world.who(words).map((member) => printMember(member, world)),
  report: (_, world) => printReport(world.last().report),
  planned: ([words = 'all'], world) => become(world, words, 'planning', () => PLANNED),
  'plan-failed': ([words = '', attempts = '1', ...why], world) =>
    become(world, words, 'planning', () => ({
      ...FAILED,
      before: 'plan',
      attempts: Number(attempts),
      message: why.join(' '),
      sinceMs: world.nowMs(),
    })),
  'nothing-to-do': ([words = ''], world) =>
    become(world, words, 'planning', () => ({ kind: 'nothing-to-do', sinceMs: world.nowMs() })),
  tried: ([words = '', verdict = '', ...why], world) =>
    become(world, words, 'planned', (progress) =>
      progress.kind === 'planned' && (verdict === 'passed' || verdict === 'failed' || verdict === 'impossible')
        ? { ...progress, trial: verdict, message: why.join(' ') }
        : progress,
    ),
  staged: ([words = ''], world) =>
    become(world, words, 'planned', (progress) =>
      progress.kind === 'planned' ? { ...progress, preStage: 'done' } : progress,
    ),
  installed: ([words = 'all'], world) =>
    become(world, words, 'working', () => ({ kind: 'effective', sinceMs: world.nowMs() })),
  'waits-for-reboot': ([words = ''], world) =>
    become(world, words, 'working', () => ({ kind: 'waits-for-reboot', sinceMs: world.nowMs() })),
  'waits-for-consent': ([words = ''], world) =>
    become(world, words, 'working', () => ({ kind: 'waits-for-consent', sinceMs: world.nowMs() })),
  /** People let it reboot. */
  agreed: ([words = ''], world) =>
    become(world, words, 'waits-for-consent', () => ({ kind: 'working', sinceMs: world.nowMs(), order: 'reboot' })),
  failed: ([words = '', ...why], world) =>
    become(world, words, 'working', () => broken(world, why, { undoable: true })),
  broken: ([words = '', ...why], world) =>
    become(world, words, 'working', () => broken(world, why, { undoable: false })),
  refused: ([words = '', ...why], world) =>
    become(world, words, 'working', () => broken(world, why, { before: 'apply' })),
  vanished: ([words = ''], world) => {
    for (const { hostname } of world.who(words)) world.set(hostname, { online: false });
    return become(world, words, 'working', () => broken(world, ['its outcome never came'], { unknown: true }));
  },
  'rolled-back': ([words = 'all'], world) =>
    become(world, words, 'working', (progress) =>
      progress.kind === 'working' && progress.order === 'rollback'
        ? { kind: 'rolled-back', sinceMs: world.nowMs() }
        : progress,
    ),
  blocked: ([words = '', ...packages], world) =>
    become(world, words, 'planned', (progress) =>
      progress.kind === 'planned' ? { ...progress, blocked: [packages.join(' ')] } : progress,
    ),
  off: ([words = ''], world) => each(world, words, { online: false, lastSeenMs: world.nowMs() }),
  on: ([words = ''], world) => each(world, words, { online: true, lastSeenMs: world.nowMs() }),
  busy: ([words = '', ...why], world) => each(world, words, { busyWith: why.length === 0 ? null : why.join(' ') }),
  hold: ([words = '', until = '', ...why], world) =>
    each(world, words, { hold: { why: why.join(' '), untilMs: until === 'for-good' ? null : Date.parse(until) } }),
  release: ([words = ''], world) => each(world, words, { hold: null }),
  blackout: ([calendar = '', from = '', to = ''], world) => {
    const { blackouts } = world.facts();
    world.change({ blackouts: [...blackouts, { calendar, startMs: Date.parse(from), endMs: Date.parse(to) }] });
    return SAID;
  },
  approve: ([name = '', , ring], world) => {
    if (ring === undefined) world.change({ approvedBy: [...world.facts().approvedBy, name] });
    else changeRing(world, ring, ({ approvedBy }) => ({ approvedBy: [...approvedBy, name] }));
    return SAID;
  },
  halt: ([by = '', ...why], world) => {
    world.change({ halt: { by, why: why.join(' '), atMs: world.nowMs() } });
    return SAID;
  },
  resume: (_, world) => {
    world.change({ halt: null });
    return SAID;
  },
  cancel: (_, world) => {
    world.change({ cancelled: true });
    return SAID;
  },
  'skip-gate': ([ring = '', by = ''], world) => changeRing(world, ring, () => ({ skippedBy: by })),
  'roll-back': ([ring = '', by = ''], world) =>
    changeRing(world, ring, () => ({ rollBack: { by, atMs: world.nowMs() } })),
  probe: ([ring = '', name = '', value = '', ...message], world) =>
    changeRing(world, ring, () => ({
      probes: [
        {
          name,
          value: value === 'unknown' ? null : Number(value),
          atMs: world.nowMs() - MINUTE,
          message: message.join(' '),
        },
      ],
    })),
};

/** What becomes of those of them who are at that point. */
function become(
  world: World,
  words: string,
  at: MemberProgress['kind'],
  next: (progress: MemberProgress) => MemberProgress,
): readonly string[] {
  for (const { hostname, progress } of world.who(words))
    if (progress.kind === at) world.progress(hostname, next(progress));
  return SAID;
}

function broken(world: World, why: readonly string[], how: Partial<typeof FAILED>): MemberProgress {
  return { ...FAILED, sinceMs: world.nowMs(), message: why.join(' '), ...how };
}

function each(world: World, words: string, change: Partial<MemberFacts>): readonly string[] {
  for (const { hostname } of world.who(words)) world.set(hostname, change);
  return SAID;
}

function changeRing(world: World, name: string, change: (ring: RingFacts) => Partial<RingFacts>): readonly string[] {
  const { policy, rings } = world.facts();
  if (!policy.rings.some((ring) => ring.name === name)) throw new Error(`no ring is called ${name}`);
  world.change({
    rings: rings.map((ring, index) => (policy.rings[index]?.name === name ? { ...ring, ...change(ring) } : ring)),
  });
  return SAID;
}
