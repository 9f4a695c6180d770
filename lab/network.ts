import { existsSync, readdirSync } from 'node:fs';
import { LabError } from './lab-error.ts';
import { run, runOrThrow } from './run.ts';

/** 10.77.0.0/24 to 10.99.255.0/24, one for each lab on this machine. */
const FIRST_OCTET_2 = 77;
const SUBNETS = (99 - FIRST_OCTET_2 + 1) * 256;

/** The names and addresses of lab number `number`; an interface's name has 15 characters at most. */
export type LabNetwork = {
  readonly number: number;
  readonly bridge: string;
  /** The first three octets, e.g. 10.77.0 */
  readonly prefix: string;
  /** This machine on the bridge, where the server under test and the mirror listen. */
  readonly gateway: string;
};

export function labNetwork(number: number): LabNetwork {
  const prefix = `10.${FIRST_OCTET_2 + Math.floor(number / 256)}.${number % 256}`;
  return { number, bridge: `tlab${number}`, prefix, gateway: `${prefix}.1` };
}

export function netnsName(number: number, endpoint: string): string {
  return `tl${number}-${endpoint}`;
}

export function vethName(number: number, host: number): string {
  return `tl${number}e${host}`;
}

/**
 * The next number from `from` on (around the end) that no other lab has and whose addresses nothing on this machine uses.
 * Who begins elsewhere than others gets no number that one of them has just given back and still looks at.
 */
export async function freeNumber(taken: (number: number) => boolean, from = 0): Promise<number> {
  const inUse = (await runOrThrow(['ip', '-4', '-o', 'addr'])) + (await runOrThrow(['ip', '-4', '-o', 'route']));
  for (let step = 0; step < SUBNETS; step += 1) {
    const number = (from + step) % SUBNETS;
    const { bridge, prefix } = labNetwork(number);
    if (!taken(number) && !inUse.includes(` ${prefix}.`) && !existsSync(`/sys/class/net/${bridge}`)) return number;
  }
  throw new LabError('no-subnet', 'every subnet of the lab (10.77 to 10.99) is in use');
}

/** Locally administered (IEEE 802, second bit), the same for the same lab. */
export function bridgeAddress({ number }: Pick<LabNetwork, 'number'>): string {
  const octets = [0x02, 0x54, 0x48, 0x4d, (number >> 8) & 0xff, number & 0xff];
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

export async function createBridge(network: LabNetwork): Promise<void> {
  const { bridge, gateway } = network;
  // An address of its own: without one a bridge takes the lowest of its ports, so that it changes when an endpoint comes or
  // goes, and the others send to the old one until their neighbour entries expire (some twenty seconds of silence).
  // No spanning tree, no forward delay: a port passes frames as soon as it is up.
  await ipBatch([
    `link add ${bridge} address ${bridgeAddress(network)} type bridge forward_delay 0 stp_state 0`,
    `addr add ${gateway}/24 dev ${bridge}`,
    `link set ${bridge} up`,
  ]);
}

/** A namespace with its own eth0, linked to the bridge. `host` is the last octet. */
export async function plugIn(network: LabNetwork, endpoint: string, host: number): Promise<void> {
  const namespace = netnsName(network.number, endpoint);
  const veth = vethName(network.number, host);
  await runOrThrow(['ip', 'netns', 'add', namespace]);
  await ipBatch([
    `link add ${veth} type veth peer name eth0 netns ${namespace}`,
    `link set ${veth} master ${network.bridge} up`,
  ]);
  await ipBatch(
    [
      'link set lo up',
      `addr add ${network.prefix}.${host}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${network.gateway}`,
    ],
    namespace,
  );
}

/** Cuts or mends the cable: the other end sees no error, its packets go nowhere. */
export async function setLink(network: LabNetwork, host: number, state: 'up' | 'down'): Promise<void> {
  await runOrThrow(['ip', 'link', 'set', vethName(network.number, host), state]);
}

/** Deletes the namespace, and its end of the cable with it (the other end follows). */
export async function unplug(network: LabNetwork, endpoint: string, host: number): Promise<void> {
  await run(['ip', 'link', 'del', vethName(network.number, host)]);
  await run(['ip', 'netns', 'del', netnsName(network.number, endpoint)]);
}

/** What exists of a lab's network, in words. */
export function networkRemains(network: LabNetwork): readonly string[] {
  return [
    ...namesIn('/run/netns', `tl${network.number}-`).map((name) => `network namespace ${name}`),
    ...namesIn('/sys/class/net', `tl${network.number}e`).map((name) => `interface ${name}`),
    ...namesIn('/sys/class/net', network.bridge)
      .filter((name) => name === network.bridge)
      .map((name) => `bridge ${name}`),
  ];
}

/** Everything of one lab, found by its names alone: for a lab whose owner is dead. */
export async function removeNetwork(network: LabNetwork): Promise<void> {
  for (const namespace of namesIn('/run/netns', `tl${network.number}-`)) await run(['ip', 'netns', 'del', namespace]);
  for (const veth of namesIn('/sys/class/net', `tl${network.number}e`)) await run(['ip', 'link', 'del', veth]);
  await run(['ip', 'link', 'del', network.bridge]);
}

function namesIn(folder: string, prefix: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(prefix)) : [];
}

async function ipBatch(commands: readonly string[], namespace?: string): Promise<void> {
  const inside = namespace === undefined ? [] : ['-n', namespace];
  await runOrThrow(['ip', ...inside, '-batch', '-'], { stdin: `${commands.join('\n')}\n` });
}
