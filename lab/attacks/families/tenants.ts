import type { Attack, AttackFamily } from '../attack.ts';
import { roleToken } from '../target/role-token.ts';
import { fillIn, hasParameters, type OperatorRoute, operatorRoutes } from '../target/routes.ts';
import { SECRETS, secondOrganisation } from '../target/second-organisation.ts';
import type { Target } from '../target/target.ts';

const JSON_TYPE = { 'content-type': 'application/json' } as const;
/** For as long an event of another organisation would have come. */
const LISTENED_MS = 1_500;
const EVENTS = 'GET /events';

/** An owner of one organisation tries the ids of another on every route of this kind. */
function withTheirIds(name: string, of: (route: OperatorRoute) => boolean): Attack {
  return {
    name,
    refusal: 'nothing is there',
    record: 'request log',
    attempt: async (target) => {
      const { ids, fingerprints } = await secondOrganisation(target);
      const headers = await roleToken(target, 'owner');
      const before = await fingerprints();
      const open: string[] = [];
      let count = 0;
      const tries = async () => {
        for (const route of (await operatorRoutes(target)).filter((each) => hasParameters(each) && of(each)))
          for (const id of await ids()) {
            count += 1;
            const { status, text } = await target.send({
              method: route.method,
              path: fillIn(route.path, () => id),
              headers: { ...headers, ...(route.takesBody ? JSON_TYPE : {}) },
              ...(route.takesBody ? { body: '{}' } : {}),
            });
            if (leaks(text) || status >= 500) open.push(`${route.name}: ${status}`);
          }
      };
      const { isRecorded } = await target.traced(async () => {
        await tries();
        return { status: 404, json: undefined };
      });
      for (const [table, print] of await fingerprints())
        if (before.get(table) !== print) open.push(`something of theirs was changed: ${table}`);
      return {
        refusal: open.length === 0 ? 'nothing is there' : open.join('; '),
        isRecorded,
        note: `${count} requests`,
      };
    },
  };
}

/** Ids are left aside: an answer may name the one that it was asked for. */
function leaks(text: string): boolean {
  return SECRETS.some((secret) => text.includes(secret));
}

export const tenants: AttackFamily = {
  name: 'tenants',
  attacks: [
    withTheirIds(
      'every route that reads one thing, with ids of another organisation',
      ({ method }) => method === 'GET',
    ),
    withTheirIds('every route that removes, with ids of another organisation', ({ method }) => method === 'DELETE'),
    withTheirIds(
      'every other route with an id, with ids of another organisation',
      ({ method }) => !['GET', 'DELETE'].includes(method),
    ),
    {
      name: 'every list, for anything of another organisation',
      refusal: 'nothing is there',
      record: 'request log',
      attempt: async (target) => {
        const { ids } = await secondOrganisation(target);
        const theirs = [...SECRETS, ...(await ids())];
        const headers = await roleToken(target, 'owner');
        const lists = (await operatorRoutes(target)).filter(
          (route) => route.method === 'GET' && !hasParameters(route) && route.name !== EVENTS,
        );
        const open: string[] = [];
        for (const { path, name } of lists) {
          const { text } = await target.send({ path, headers });
          if (theirs.some((secret) => text.includes(secret))) open.push(name);
        }
        const { isRecorded } = await target.attempt({ path: `/api/v1/endpoints/${theirs.at(-1)}`, headers });
        return {
          refusal: open.length === 0 ? 'nothing is there' : open.join('; '),
          isRecorded,
          note: `${lists.length} lists`,
        };
      },
    },
    {
      name: 'the stream of events, while another organisation works',
      refusal: 'nothing is heard',
      record: 'request log',
      attempt: async (target) => {
        const { agent, ids } = await secondOrganisation(target);
        const heard = await listen(target, async () => {
          await agent.checkIn();
          await agent.report();
        });
        const theirs = [...SECRETS, ...(await ids())];
        const { isRecorded } = await target.attempt({
          path: `/api/v1/endpoints/${agent.id}`,
          headers: await roleToken(target, 'owner'),
        });
        return { refusal: theirs.some((secret) => heard.includes(secret)) ? heard : 'nothing is heard', isRecorded };
      },
    },
    {
      name: 'a token asks to work in another organisation',
      refusal: 'not-permitted',
      record: 'request log',
      attempt: async (target) => {
        const { id } = await secondOrganisation(target);
        return target.attempt({
          path: '/api/v1/endpoints',
          headers: { ...(await roleToken(target, 'owner')), 'thimble-organisation': id },
        });
      },
    },
    {
      name: 'an endpoint of another organisation answers an order that is not its own',
      refusal: 'unknown-order',
      record: 'request log',
      attempt: async (target) => {
        const { agent } = await secondOrganisation(target);
        const own = await target.agent('own');
        await target.call('POST', `/endpoints/${own.id}/scan`);
        const { rows } = await target.server.context.database.pool.query<{ id: string; generation: number }>(
          'select id, generation from endpoint_order where endpoint_id = $1',
          [own.id],
        );
        const [order] = rows;
        if (order === undefined) throw new Error('there is no order to answer');
        const now = target.now().toISOString();
        return target.traced(() =>
          agent.send({
            method: 'PUT',
            path: `/orders/${order.id}/outcome`,
            body: JSON.stringify({
              format: 1,
              orderId: order.id,
              generation: Number(order.generation),
              startedAt: now,
              endedAt: now,
              result: { kind: 'scanned' },
            }),
          }),
        );
      },
    },
  ],
};

/** What the stream says while something happens. */
async function listen(target: Target, during: () => Promise<void>): Promise<string> {
  const stop = new AbortController();
  const headers = await roleToken(target, 'owner');
  const reply = await fetch(`${target.server.url}/api/v1/events`, { headers, signal: stop.signal });
  let heard = '';
  const reading = (async () => {
    for await (const chunk of reply.body ?? []) heard += Buffer.from(chunk).toString('utf8');
  })().catch(() => undefined);
  await during();
  await new Promise((resolve) => setTimeout(resolve, LISTENED_MS));
  stop.abort();
  await reading;
  return heard;
}
