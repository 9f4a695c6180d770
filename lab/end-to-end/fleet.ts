import type { EndpointSummary } from '@thimble/protocol';
import { ensureBuilt } from '../../scripts/build.ts';
import type { BaseImage } from '../base.ts';
import type { Endpoint, MirrorSources } from '../endpoint.ts';
import { createLab, type EndpointOptions, type Lab } from '../lab.ts';
import { remainsOf } from '../remains.ts';
import { startMirror, type Mirror } from '../mirror/mirror.ts';
import { enrol, installAgent, type EnrolOptions } from './agent-package.ts';
import { startServerUnderTest, type ServerUnderTest } from './server.ts';
import { waitFor } from './wait-for.ts';

export const AGENT_UNIT = 'thimble-agent.service';

export type FleetOptions = {
  /** Says in a list of labs what this one is for. */
  readonly tag: string;
  /** Suites that the mirror freezes; none for a mirror of vendors only. */
  readonly suites?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
};

/** An endpoint of the lab and how the server knows it. */
export type Member = { readonly machine: Endpoint; readonly id: string };

export type MemberOptions = Omit<EndpointOptions, 'base'> &
  EnrolOptions & {
    readonly base?: EndpointOptions['base'];
    /** Its only sources; without it, all suites that the mirror froze. */
    readonly sources?: MirrorSources;
    /** While it is on and before it is enrolled. */
    readonly prepare?: (machine: Endpoint) => Promise<void>;
  };

/** A server, a mirror and real endpoints that are enrolled in it, all in one lab. */
export class Fleet implements AsyncDisposable {
  readonly lab: Lab;
  readonly mirror: Mirror;
  readonly server: ServerUnderTest;
  #image: Promise<BaseImage> | undefined;

  constructor(lab: Lab, mirror: Mirror, server: ServerUnderTest) {
    this.lab = lab;
    this.mirror = mirror;
    this.server = server;
  }

  /** The base `web` with the agent's .deb installed and not enrolled; made once, for all endpoints that start from it. */
  image(): Promise<BaseImage> {
    this.#image ??= this.#makeImage();
    return this.#image;
  }

  /** Boots an endpoint, enrols it with the real command and waits until it has reported all its documents. */
  async member(options: MemberOptions): Promise<Member> {
    const { mode, prepare, base = await this.image(), sources, ...rest } = options;
    const machine = await this.lab.endpoint({ ...rest, base });
    await machine.useMirror(this.mirror, sources ?? { suites: this.mirror.snapshot.suites });
    await machine.boot();
    await prepare?.(machine);
    await enrol(this.server, machine, mode === undefined ? {} : { mode });
    const { id } = await this.scanned(machine.name);
    return { machine, id };
  }

  /** The endpoint as the server lists it, once it has reported everything. */
  async scanned(hostname: string): Promise<EndpointSummary> {
    const find = async () => {
      const { items } = await this.server.client.endpoints({ search: hostname });
      return items.find((item) => item.hostname === hostname);
    };
    return waitFor(
      `${hostname} has reported all its documents`,
      async () => {
        const summary = await find();
        if (summary === undefined || summary.packageCount === 0) return undefined;
        const { system } = await this.server.client.endpoint(summary.id);
        const { checkedAt } = await this.server.client.endpointUpdates(summary.id);
        return system === null || checkedAt === null ? undefined : summary;
      },
      {
        state: async () =>
          `${JSON.stringify(await find())}\n${await this.#agentLog(hostname)}\n${this.server.logTail(20)}`,
      },
    );
  }

  /** Everything goes; throws if something is left. */
  async dispose(): Promise<void> {
    const { number } = this.lab.network;
    const results = await Promise.allSettled([this.server.dispose(), this.mirror.stop()]);
    await this.lab.destroy();
    const left = remainsOf(number);
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #makeImage(): Promise<BaseImage> {
    const machine = await this.lab.endpoint({ name: 'prepared', base: 'web' });
    await machine.boot();
    await installAgent(this.server, machine);
    return machine.freeze();
  }

  async #agentLog(hostname: string): Promise<string> {
    const machine = this.lab.endpoints.find(({ name }) => name === hostname);
    return machine === undefined || !machine.isOn ? 'the endpoint is off' : agentLog(machine);
  }
}

/** What the agent logged on an endpoint, for the message of a failing test. */
export async function agentLog(machine: Endpoint): Promise<string> {
  const { stdout } = await machine.exec(['journalctl', '--no-pager', '-o', 'cat', '-n', '40', '-u', 'thimble-agent*']);
  return `agent's log on ${machine.name}:\n${stdout}`;
}

/** Everything but the endpoints. What was started is removed again when a later step fails. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  // The endpoints get the agent as it is now, and browsers the console.
  await ensureBuilt();
  const lab = await createLab({ tag: options.tag });
  const undo: (() => Promise<void>)[] = [() => lab.destroy()];
  try {
    const mirror = await startMirror({
      host: lab.gateway,
      ...(options.suites === undefined ? {} : { suites: options.suites }),
    });
    undo.push(() => mirror.stop());
    const server = await startServerUnderTest({
      host: lab.gateway,
      ...(options.settings === undefined ? {} : { settings: options.settings }),
    });
    return new Fleet(lab, mirror, server);
  } catch (error) {
    for (const each of undo.reverse()) await each();
    throw error;
  }
}
