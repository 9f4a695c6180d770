import type { BudgetDocument, GateDocument, PolicyDocument, RingDocument, TrialDocument } from '@thimble/protocol';
import type { Static } from 'typebox';
import { parseAmount, percentOf } from './amount.ts';
import { DEFAULTS } from './defaults.ts';
import { durationMs } from './duration.ts';
import type { Recurrences } from './recurrences.ts';
import type { Budget, Deadlines, Deploy, Gate, Policy, PolicyContent, Ring, Trial } from './policy.ts';

const MINUTE_MS = 60_000;
const MEGABYTE = 1024 * 1024;

/** A valid document as the rest of the house sees it: with nothing left open. */
export function buildPolicy(document: PolicyDocument, { windows, every }: Recurrences): Policy {
  const { approvals, onFailure } = document;
  const rings = document.rings ?? [{ name: DEFAULTS.ring, members: 'rest' as const }];
  return {
    name: document.name,
    description: document.description ?? '',
    enabled: document.enabled ?? DEFAULTS.enabled,
    priority: document.priority ?? DEFAULTS.priority,
    clients: document.clients ?? 'none',
    scope: document.scope ?? {},
    exclude: document.exclude ?? null,
    select: document.select ?? {},
    always: document.always ?? null,
    deadlines: deadlinesOf(document.deadlines ?? {}),
    content: contentOf(document.content),
    start: { every, urgent: document.start?.urgent ?? null },
    rings: rings.map((ring) => ringOf(ring, document)),
    windows,
    blackouts: document.blackouts ?? [],
    atOnce: parseAmount(document.atOnce ?? DEFAULTS.atOnce),
    budgets: (document.budgets ?? []).map(budgetOf),
    approvals: { required: approvals?.required ?? DEFAULTS.approvals, from: approvals?.from ?? null },
    deploy: deployOf(document.deploy ?? {}),
    onFailure: {
      rollBack: onFailure?.rollBack ?? DEFAULTS.onFailure.rollBack,
      block: onFailure?.block ?? DEFAULTS.onFailure.block,
    },
  };
}

function deadlinesOf(document: NonNullable<PolicyDocument['deadlines']>): Deadlines {
  const { kev, act, attend, critical, high, medium, low, other } = document;
  return {
    kev: kev === 'due-date' ? kev : lengthOf(kev),
    actMs: lengthOf(act),
    attendMs: lengthOf(attend),
    criticalMs: lengthOf(critical),
    highMs: lengthOf(high),
    mediumMs: lengthOf(medium),
    lowMs: lengthOf(low),
    otherMs: lengthOf(other),
  };
}

function lengthOf(word: string | undefined): number | null {
  return word === undefined ? null : durationMs(word);
}

function contentOf(content: PolicyDocument['content']): PolicyContent {
  if (content === undefined) return { kind: 'new-snapshot', repositories: null };
  if (content === 'endpoint') return { kind: 'endpoint' };
  if ('channel' in content) return { kind: 'channel', channel: content.channel };
  if (content.snapshot === 'newest') return { kind: 'newest-snapshot' };
  return { kind: 'new-snapshot', repositories: content.repositories ?? null };
}

/** A ring's own gate and trial replace single rules of the policy's, not all of them. */
function ringOf(ring: Static<typeof RingDocument>, document: PolicyDocument): Ring {
  const names = (document.windows ?? []).map(({ name }) => name);
  return {
    name: ring.name,
    members: membersOf(ring.members),
    soakMs: durationMs(ring.soak ?? DEFAULTS.soak) ?? 0,
    gate: gateOf({ ...document.gate, ...ring.gate }),
    trial: trialOf({ ...document.trial, ...ring.trial }),
    windows: names.flatMap((name, index) => (ring.windows === undefined || ring.windows.includes(name) ? [index] : [])),
    atOnce: parseAmount(ring.atOnce ?? document.atOnce ?? DEFAULTS.atOnce),
  };
}

function membersOf(members: Static<typeof RingDocument>['members']): Ring['members'] {
  if (members === 'rest') return { kind: 'rest' };
  if ('filter' in members) return { kind: 'filter', filter: members.filter };
  if ('percent' in members) return { kind: 'percent', percent: members.percent };
  return { kind: 'count', count: members.count };
}

function gateOf(gate: Static<typeof GateDocument>): Gate {
  return {
    successAtLeastPercent: percentOf(gate.successAtLeast ?? DEFAULTS.gate.successAtLeast),
    failuresAtMost: parseAmount(gate.failuresAtMost ?? DEFAULTS.gate.failuresAtMost),
    patchedAtLeast: gate.patchedAtLeast ?? DEFAULTS.gate.patchedAtLeast,
    probes: (gate.probes ?? []).map(({ name, query, atMost, atLeast }) => ({
      name,
      query,
      atMost: atMost ?? null,
      atLeast: atLeast ?? null,
    })),
    approvals: gate.approvals ?? DEFAULTS.gate.approvals,
  };
}

function trialOf(trial: Static<typeof TrialDocument>): Trial {
  return {
    mode: trial.mode ?? DEFAULTS.trial.mode,
    first: trial.first ?? DEFAULTS.trial.first,
    whenImpossible: trial.whenImpossible ?? DEFAULTS.trial.whenImpossible,
    checks: trial.checks ?? [],
    deadlineMs: (trial.minutes ?? DEFAULTS.trial.minutes) * MINUTE_MS,
    diskBytes: (trial.diskMb ?? DEFAULTS.trial.diskMb) * MEGABYTE,
    memoryBytes: (trial.memoryMb ?? DEFAULTS.trial.memoryMb) * MEGABYTE,
  };
}

function budgetOf({ per, atMost }: Static<typeof BudgetDocument>): Budget {
  const kind = per === 'all' || per === 'site' || per === 'group' ? per : null;
  return {
    per: kind === null ? { kind: 'label', key: per.slice('label:'.length) } : { kind },
    atMost: parseAmount(atMost),
  };
}

function deployOf(deploy: NonNullable<PolicyDocument['deploy']>): Deploy {
  const { reboot = {}, expectedDuration } = deploy;
  return {
    preStageMs: durationMs(deploy.preStage ?? DEFAULTS.deploy.preStage) ?? 0,
    before: deploy.before ?? [],
    after: deploy.after ?? [],
    fileSystemSnapshot: deploy.fileSystemSnapshot ?? DEFAULTS.deploy.fileSystemSnapshot,
    restartServices: deploy.restartServices ?? DEFAULTS.deploy.restartServices,
    reboot: {
      when: reboot.when ?? DEFAULTS.reboot.when,
      consent: reboot.consent ?? DEFAULTS.reboot.consent,
      deferForMs: durationMs(reboot.deferFor ?? DEFAULTS.reboot.deferFor) ?? 0,
      staggerMs: durationMs(reboot.stagger ?? DEFAULTS.reboot.stagger) ?? 0,
    },
    checks: deploy.checks ?? [],
    expectedDurationMs: lengthOf(expectedDuration),
  };
}
