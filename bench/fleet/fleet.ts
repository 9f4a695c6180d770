import type { Bench } from '../bench.ts';
import { openConnection, type Connection } from './connection.ts';
import { systemDocument, type Catalogue, type MemberDocuments } from './documents.ts';
import { Member } from './member.ts';
import type { MeasuredServer } from './server.ts';

export interface FleetMember {
  readonly member: Member;
  readonly documents: MemberDocuments;
}

/** Requests under way at once while a fleet is set up: enough that the database's commits overlap. */
const SET_UP_AT_ONCE = 16;

/** Does something for each item, at most `atOnce` at a time. @returns nothing once all are done; the first failure ends it. */
export async function forEachAtOnce<Item>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item, lane: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, items.length) }, async (_, lane) => {
      while (next < items.length) {
        signal?.throwIfAborted();
        const item = items[next] as Item;
        next += 1;
        await act(item, lane);
      }
    }),
  );
}

export async function openConnections(server: MeasuredServer, count: number): Promise<readonly Connection[]> {
  const connections: Connection[] = [];
  const each = Array.from({ length: count }, (_, index) => index);
  await forEachAtOnce(each, SET_UP_AT_ONCE, async () => {
    connections.push(await openConnection(server.port, server.authority));
  });
  return connections;
}

/**
 * Enrols endpoints with keys of their own. They have not reported anything yet.
 *
 * @param installations how many different ones there are among them.
 */
export async function enrolFleet(
  server: MeasuredServer,
  catalogue: Catalogue,
  options: { readonly size: number; readonly installations: number; readonly signal: AbortSignal },
): Promise<readonly FleetMember[]> {
  const { secret } = await server.client.createEnrolmentToken({ name: 'bench', expiresInHours: 1 });
  const lists = Array.from({ length: options.installations }, (_, index) => catalogue.installation(index + 1));
  const fleet = Array.from({ length: options.size }, (_, index): FleetMember => {
    const hostname = `endpoint-${String(index).padStart(5, '0')}`;
    const list = lists[index % lists.length] ?? catalogue.installation(1);
    return { member: new Member(hostname), documents: { ...list, system: systemDocument(hostname) } };
  });
  await withConnections(server, SET_UP_AT_ONCE, (connections) =>
    forEachAtOnce(
      fleet,
      connections.length,
      async ({ member }, lane) => member.enrol(connectionOf(connections, lane), secret),
      options.signal,
    ),
  );
  return fleet;
}

/** Each endpoint checks in once and sends what the server asks for. */
export async function reportAll(
  server: MeasuredServer,
  fleet: readonly FleetMember[],
  atOnce: number,
  signal: AbortSignal,
): Promise<void> {
  await withConnections(server, atOnce, (connections) =>
    forEachAtOnce(
      fleet,
      connections.length,
      async ({ member, documents }, lane) => {
        await member.checkIn(connectionOf(connections, lane), documents);
      },
      signal,
    ),
  );
}

async function withConnections(
  server: MeasuredServer,
  count: number,
  use: (connections: readonly Connection[]) => Promise<void>,
): Promise<void> {
  const connections = await openConnections(server, count);
  try {
    await use(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

export function connectionOf(connections: readonly Connection[], index: number): Connection {
  const connection = connections[index % connections.length];
  if (connection === undefined) throw new Error('no connections');
  return connection;
}

/** Why no server can be measured here; null: it can. */
export const serverUnavailable: Bench['unavailable'] = async () =>
  process.platform === 'linux' ? null : `process figures are read from /proc, this is ${process.platform}`;
