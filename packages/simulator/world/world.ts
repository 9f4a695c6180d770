import type { Plan, PlanFunction, PlanInput } from '@thimble/rollouts';
import { createRandom } from '../random/random.ts';
import { createAgent, type Agent } from './agent/agent.ts';
import type { AgentFlaws } from './agent/desk.ts';
import { createMachine, type Machine } from './agent/machine.ts';
import type { ServerApi } from './agent/server-api.ts';
import { createLedger } from './checkers/ledger.ts';
import { createLiveness } from './checkers/liveness.ts';
import { SAFETY } from './checkers/safety.ts';
import { scheduleFaults } from './faults-of-the-world.ts';
import { createNetwork } from './network.ts';
import { doAct, drawAct, drawAnswer } from './operator.ts';
import { NO_FAULTS } from './scenario/faults.ts';
import { drawScenario, type Scenario } from './scenario/scenario.ts';
import { createDatabase, type CommitFate } from './server/database.ts';
import type { Rows } from './server/rows.ts';
import type { ServerFlaws } from './server/flaws.ts';
import { createServer, type Server } from './server/server.ts';
import { createTimeline } from './timeline.ts';
import { createTrace } from './trace.ts';
import type { OperatorAct, WorldEvent } from './world-event.ts';

export interface WorldOptions {
  /** Endpoints; left out: as the seed says. */
  readonly size?: number;
  readonly keepTrace?: boolean;
  readonly plan: PlanFunction;
  lint(plan: Plan, input: PlanInput): readonly string[];
  readonly serverFlaws?: ServerFlaws;
  readonly agentFlaws?: AgentFlaws;
  /** Ends with the first violation. */
  readonly stopAtFirst?: boolean;
}

export interface Violation {
  readonly checker: string;
  readonly message: string;
  readonly atMs: number;
}

export interface WorldResult {
  readonly seed: number;
  readonly endpoints: number;
  readonly violations: readonly Violation[];
  /** Two worlds in which the same happened have the same. */
  readonly traceDigest: string;
  readonly trace: readonly string[];
  readonly state: string;
  readonly installations: number;
  readonly endedAtMs: number;
}

/** Enough to see what is wrong; a broken world complains without end. */
const VIOLATIONS_AT_MOST = 20;
const DAY_MS = 86_400_000;

/**
 * A rollout from its start until everything has come to its end, in virtual time: two replicas of the server on one database, an
 * agent on every endpoint, people, and whatever goes wrong by the seed. The same seed gives the same world, step by step.
 */
export function runWorld(seed: number, options: WorldOptions): WorldResult {
  const scenario = drawScenario(seed, options.size);
  const { random, startMs, faultsEndMs, endMs } = scenario;
  const timeline = createTimeline(startMs);
  const trace = createTrace(options.keepTrace === true);
  const violations: Violation[] = [];
  const complain = (checker: string, message: string): void => {
    if (violations.length < VIOLATIONS_AT_MOST) violations.push({ checker, message, atMs: timeline.nowMs });
  };
  const ledger = createLedger(scenario);
  const liveness = createLiveness(scenario, ledger);
  const watchers = SAFETY.map(({ name, watch }) =>
    watch({ scenario, ledger, complain: (message) => complain(name, message) }),
  );
  const tell = (event: WorldEvent): void => {
    const { nowMs } = timeline;
    if (event.kind === 'heard') {
      ledger.see(event, nowMs);
      return;
    }
    trace.add(event, nowMs);
    for (const watcher of watchers) watcher(event, nowMs);
    liveness.see(event, nowMs);
    ledger.see(event, nowMs);
  };
  const faults = (): Scenario['faults'] => (timeline.nowMs < faultsEndMs ? scenario.faults : NO_FAULTS);
  let installations = 0;

  const rows = newRows(scenario);
  const fates = random.fork();
  const database = createDatabase(
    rows,
    () => drawFate(fates, faults()),
    (event) => {
      if (event.kind === 'issued' && event.order === 'apply') installations += 1;
      tell(event);
    },
  );
  const servers: Server[] = [];
  const wake = (endpointIds: readonly string[]): void => {
    for (const server of servers) server.woken(endpointIds);
  };
  for (let n = 0; n < 2; n += 1)
    servers.push(
      createServer({
        timeline,
        random: random.fork(),
        database,
        scenario,
        tell,
        flaws: options.serverFlaws ?? {},
        plan: options.plan,
        lint: options.lint,
        wake,
        // The other one finds it by itself, with its next look.
        changed: () => random.pick(servers).poke(),
      }),
    );
  const { machines, agents } = createFleet({
    scenario,
    timeline,
    servers,
    tell,
    faults,
    flaws: options.agentFlaws ?? {},
  });
  scheduleFaults(scenario, timeline, random.fork(), { machines, agents, servers });
  scheduleOperators(scenario, timeline, rows, servers);
  const stop = (): boolean => options.stopAtFirst === true && violations.length > 0;
  try {
    while (!stop() && timeline.advance(endMs)) if (isOver(rows, scenario, timeline.nowMs)) break;
  } catch (error) {
    // Whoever holds what can't be for a bug throws: that is found as well.
    complain('assertion', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  if (!stop()) for (const message of liveness.unsettled(rows, machines, timeline.nowMs)) complain('liveness', message);
  return {
    seed,
    endpoints: scenario.endpoints.length,
    violations,
    traceDigest: trace.digest,
    trace: trace.lines,
    state: database.rollout.state,
    installations,
    endedAtMs: timeline.nowMs,
  };
}

/** Nothing that a plan could still want: after the last of it, a day for outcomes that are on their way. */
function isOver({ rollout, orders }: Rows, { faultsEndMs }: Scenario, nowMs: number): boolean {
  if (nowMs < faultsEndMs + DAY_MS || rollout.get('rollout')?.state === 'running') return false;
  return [...orders.values()].every((of) => of.every(({ result, closed }) => result !== null || closed !== null));
}

function newRows({ endpoints, policy, startMs }: Scenario): Rows {
  return {
    endpoints: new Map(endpoints.map(({ id }) => [id, { id, generation: 0, lastSeenAtMs: null }])),
    orders: new Map(),
    targets: new Map(),
    members: new Map(endpoints.map(({ id }) => [id, { endpointId: id, rebootedAtMs: null, hold: null }])),
    blocks: new Map(),
    rollout: new Map([
      [
        'rollout',
        {
          state: 'running',
          startedAtMs: startMs,
          approvedBy: [],
          halt: null,
          cancelled: false,
          rings: policy.rings.map(() => ({
            openedAtMs: null,
            passedAtMs: null,
            skippedBy: null,
            approvedBy: [],
            rollBack: null,
            probes: [],
          })),
          plan: null,
        },
      ],
    ]),
  };
}

function drawFate(random: Scenario['random'], { serverCrash, commitUnknown }: Scenario['faults']): CommitFate {
  if (random.chance(serverCrash)) return random.pick(['crash-before', 'crash-after'] as const);
  if (random.chance(commitUnknown)) return random.pick(['unknown-committed', 'unknown-lost'] as const);
  return 'committed';
}

interface FleetWorld {
  readonly scenario: Scenario;
  readonly timeline: ReturnType<typeof createTimeline>;
  readonly servers: readonly Server[];
  readonly tell: (event: WorldEvent) => void;
  readonly flaws: AgentFlaws;
  faults(): Scenario['faults'];
}

function createFleet(world: FleetWorld): { readonly machines: readonly Machine[]; readonly agents: readonly Agent[] } {
  const { scenario, timeline, servers, tell } = world;
  const agents: Agent[] = [];
  const machines = scenario.endpoints.map((endpoint, n): Machine => {
    // Each has chances of its own, so that one more of them changes nothing for the others.
    const random = createRandom(scenario.seed * 1_000_003 + n);
    const machine = createMachine(endpoint, {
      timeline,
      random,
      patches: scenario.patches,
      clockSkewMs: scenario.faults.clockSkewMs,
      tell,
      onPower: (on) => {
        if (on) timeline.in(random.between(10, 60) * 1000, () => machine.isOn && agents[n]?.start());
        else agents[n]?.stop();
      },
    });
    const network = createNetwork(timeline, random.fork(), () =>
      machine.isOn ? world.faults() : { ...world.faults(), lostMessage: 1 },
    );
    const server: ServerApi = balance(servers, random.fork());
    const agent = createAgent(machine, scenario.checkInIntervalMs, {
      ...world,
      random: random.fork(),
      network,
      server,
    });
    agents.push(agent);
    timeline.in(random.between(0, 60_000), () => agent.start());
    return machine;
  });
  return { machines, agents };
}

/** Any replica answers. */
function balance(servers: readonly Server[], random: Scenario['random']): ServerApi {
  const any = (): ServerApi => random.pick(servers).api;
  return {
    checkIn: (...given) => any().checkIn(...given),
    orders: (...given) => any().orders(...given),
    outcome: (...given) => any().outcome(...given),
    progress: (...given) => any().progress(...given),
  };
}

function scheduleOperators(
  scenario: Scenario,
  timeline: ReturnType<typeof createTimeline>,
  rows: Rows,
  servers: readonly Server[],
): void {
  const random = scenario.random.fork();
  const { faults, startMs, faultsEndMs, endMs } = scenario;
  const act = (given: OperatorAct): void => {
    const server = servers.find(({ isUp }) => isUp);
    server?.tryTransaction((transaction) => doAct(rows, transaction, given, timeline.nowMs));
    for (const each of servers) each.poke();
  };
  const count = Math.round((faults.operatorActsPerDay * (faultsEndMs - startMs)) / DAY_MS);
  for (let n = 0; n < count; n += 1)
    timeline.at(random.between(startMs, faultsEndMs), () => act(drawAct(random, scenario)));
  const ask = (): void => {
    const answer = drawAnswer(rows, scenario, timeline.nowMs);
    if (answer !== null) act(answer);
    if (timeline.nowMs < endMs) timeline.in(DAY_MS / 4, ask);
  };
  timeline.at(faultsEndMs, ask);
}
