import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RolloutDetail, RolloutMember, RolloutState } from '@thimble/protocol';
import { approveProposals, nameMirrorByNumber, thimble } from '../../acquire/testing/frozen-fleet.ts';
import { installAgent } from '../../end-to-end/agent-package.ts';
import { startFleet, type Fleet, type Member } from '../../end-to-end/fleet.ts';
import { waitFor } from '../../end-to-end/wait-for.ts';
import type { VendorPackage } from '../../vendor/deb-package.ts';
import { createVendorRepository, type VendorRepository } from '../../vendor/vendor-repository.ts';
import { shop } from './shop-package.ts';

/** Which ring each endpoint is in, by its label. */
export type Rings = Readonly<Record<string, readonly string[]>>;

export interface ShopState {
  readonly version: string;
  readonly service: string;
}

const FIRST_VERSION = '1.0';
const ROLLOUT_DEADLINE_MS = 240_000;
/** Nothing comes after these by itself. */
const OVER: ReadonlySet<RolloutState> = new Set(['halted', 'rolled-back', 'finished', 'cancelled']);

/** Real endpoints in rings, all with a shop installed that its vendor publishes new versions of. */
export class RingedFleet {
  readonly fleet: Fleet;
  readonly vendor: VendorRepository;
  readonly members: ReadonlyMap<string, Member>;
  readonly #rings: Rings;

  constructor(fleet: Fleet, vendor: VendorRepository, members: ReadonlyMap<string, Member>, rings: Rings) {
    this.fleet = fleet;
    this.vendor = vendor;
    this.members = members;
    this.#rings = rings;
  }

  get names(): readonly string[] {
    return [...this.members.keys()];
  }

  idsOf(ring: string): readonly string[] {
    return (this.#rings[ring] ?? []).map((name) => this.member(name).id).sort();
  }

  member(name: string): Member {
    const found = this.members.get(name);
    if (found === undefined) throw new Error(`there is no endpoint ${name}`);
    return found;
  }

  /** The vendor offers this from now on, and every endpoint has seen it. */
  async offer(spec: VendorPackage): Promise<void> {
    await this.vendor.publish({ packages: [spec] });
    const { client } = this.fleet.server;
    await Promise.all([...this.members.values()].map(({ id }) => client.scanEndpoint(id)));
    for (const [name, { id }] of this.members)
      await waitFor(`${name} has seen ${spec.name} ${spec.version}`, async () => {
        const { items } = await client.endpointUpdates(id);
        return items.some((update) => update.name === spec.name && update.candidate === spec.version);
      });
  }

  /** By the real command, from a file. */
  async applyPolicy(text: string): Promise<string> {
    const file = join(this.fleet.server.dataDirectory, 'policy-of-the-test.yaml');
    writeFileSync(file, text);
    return this.thimble('policies', 'apply', file);
  }

  thimble(...args: readonly string[]): Promise<string> {
    return thimble(this.fleet.server, ...args);
  }

  async start(policy: string, name: string): Promise<RolloutDetail> {
    return JSON.parse(await this.thimble('rollouts', 'start', policy, '--name', name, '--json')) as RolloutDetail;
  }

  async waitForRollout(
    id: string,
    condition: string,
    holds: (detail: RolloutDetail) => boolean,
  ): Promise<RolloutDetail> {
    const { server } = this.fleet;
    return waitFor(
      `the rollout: ${condition}`,
      async () => {
        const detail = await server.client.rollout(id);
        return holds(detail) ? detail : undefined;
      },
      {
        deadlineMs: ROLLOUT_DEADLINE_MS,
        state: () => this.#describe(id),
      },
    );
  }

  async waitForState(id: string, state: RolloutState): Promise<RolloutDetail> {
    const detail = await this.waitForRollout(id, `is ${state}`, ({ summary }) => OVER.has(summary.state));
    if (detail.summary.state === state) return detail;
    throw new Error(`the rollout is ${detail.summary.state}, not ${state}:\n${await this.#describe(id)}`);
  }

  async membersOf(id: string): Promise<readonly RolloutMember[]> {
    return (await this.fleet.server.client.rolloutMembers(id)).items;
  }

  /** Endpoints that were asked for anything, or got any order, in this rollout. */
  async touchedBy({ summary: { runId } }: RolloutDetail): Promise<readonly string[]> {
    const rows = await this.fleet.server.query<{ endpoint_id: string }>(
      `select endpoint_id from run_target where run_id = $1 union select endpoint_id from endpoint_order where run_id = $1
       order by endpoint_id`,
      [runId],
    );
    return rows.map((row) => row.endpoint_id);
  }

  /** As the endpoint itself says, without any part of the product. */
  async shopOn(name: string): Promise<ShopState> {
    const { machine } = this.member(name);
    const { stdout: version } = await machine.exec([
      'dpkg-query',
      '-W',
      '-f',
      '${Version} ${db:Status-Status}',
      'shop',
    ]);
    const { stdout: service } = await machine.exec(['systemctl', 'is-active', 'shop.service']);
    return { version: version.trim(), service: service.trim() };
  }

  async shops(): Promise<Readonly<Record<string, ShopState>>> {
    return Object.fromEntries(await Promise.all(this.names.map(async (name) => [name, await this.shopOn(name)])));
  }

  async #describe(id: string): Promise<string> {
    const { server } = this.fleet;
    const { summary, events } = await server.client.rollout(id);
    const members = await this.membersOf(id);
    const outcomes = await this.fleet.server.query(
      `select endpoint_id, kind, (outcome->'result') - 'logTail'::text as result from endpoint_order where run_id = $1 and outcome is not null`,
      [summary.runId],
    );
    const lines = [summary, ...events, ...members, ...outcomes].map((each) => JSON.stringify(each).slice(0, 2000));
    return [...lines, server.logTail(30)].join('\n');
  }

  async dispose(): Promise<void> {
    await this.vendor.dispose();
    await this.fleet.dispose();
  }
}

/** Boots the endpoints, installs the shop's first version, labels each with its ring and takes on the vendor's repository. */
export async function startRingedFleet(tag: string, rings: Rings): Promise<RingedFleet> {
  const fleet = await startFleet({ tag });
  let vendor: VendorRepository | undefined;
  try {
    vendor = await createVendorRepository('shop', fleet.mirror);
    await vendor.publish({ packages: [shop(FIRST_VERSION)] });
    const members = await boot(fleet, vendor, Object.values(rings).flat());
    await approveProposals(fleet.server, 1);
    for (const [ring, names] of Object.entries(rings))
      await thimble(fleet.server, 'endpoints', 'label', ...names, '--set', `ring=${ring}`);
    return new RingedFleet(fleet, vendor, members, rings);
  } catch (error) {
    await vendor?.dispose();
    await fleet.dispose();
    throw error;
  }
}

async function boot(
  fleet: Fleet,
  vendor: VendorRepository,
  names: readonly string[],
): Promise<ReadonlyMap<string, Member>> {
  const members = names.map(async (name): Promise<[string, Member]> => {
    const member = await fleet.member({
      name,
      base: 'web',
      sources: { suites: [], vendors: [vendor] },
      prepare: async (machine) => {
        await nameMirrorByNumber(fleet, machine);
        await installAgent(fleet.server, machine);
        await machine.shell('apt-get -q update >/dev/null; apt-get -q -y install shop </dev/null', {
          env: { DEBIAN_FRONTEND: 'noninteractive' },
        });
      },
    });
    return [name, member];
  });
  return new Map(await Promise.all(members));
}
