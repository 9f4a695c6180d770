import type { Random } from '../../random/random.ts';

/** How often things go wrong while they may. Probabilities are of one message, step, commit or day. */
export interface Faults {
  readonly lostMessage: number;
  readonly duplicatedMessage: number;
  /** Of one message, at most; what was sent later may come first. */
  readonly delayMs: number;
  /** Of one durable step of an agent: half of them before it is durable, half after. */
  readonly agentCrash: number;
  /** Of one commit: the server ends before it, after it, or is never told whether it happened. */
  readonly serverCrash: number;
  readonly commitUnknown: number;
  /** Of one replica, on a day: it is down for up to three hours. */
  readonly serverDownPerDay: number;
  /** Of an endpoint's clock against the truth, either way, at each boot. */
  readonly clockSkewMs: number;
  readonly diskFullPerDay: number;
  /** Of an endpoint, on a day: it is off for hours or days. */
  readonly offPerDay: number;
  /** Of an endpoint, once: it is off for good from some moment. */
  readonly vanishes: number;
  /** Something an operator does, on a day. */
  readonly operatorActsPerDay: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const NO_FAULTS: Faults = {
  lostMessage: 0,
  duplicatedMessage: 0,
  delayMs: 200,
  agentCrash: 0,
  serverCrash: 0,
  commitUnknown: 0,
  serverDownPerDay: 0,
  clockSkewMs: 0,
  diskFullPerDay: 0,
  offPerDay: 0,
  vanishes: 0,
  operatorActsPerDay: 0,
};

/**
 * Each world leaves most kinds of fault out and has others in plenty: with all of them at once every run looks alike
 * (Groce et al., Swarm Testing, ISSTA 2012).
 */
export function drawFaults(random: Random): Faults {
  const sometimes = (rate: number): number => (random.chance(0.4) ? rate * random.next() : 0);
  return {
    lostMessage: sometimes(0.3),
    duplicatedMessage: sometimes(0.3),
    delayMs: random.chance(0.3) ? random.between(1000, 2 * MINUTE_MS) : 200,
    agentCrash: sometimes(0.2),
    serverCrash: sometimes(0.1),
    commitUnknown: sometimes(0.2),
    serverDownPerDay: sometimes(0.5),
    clockSkewMs: random.chance(0.3) ? random.between(MINUTE_MS, 12 * HOUR_MS) : 0,
    diskFullPerDay: sometimes(0.3),
    offPerDay: sometimes(0.4),
    vanishes: sometimes(0.1),
    operatorActsPerDay: sometimes(4),
  };
}
