import type { CheckInReply, CheckInRequest } from '@thimble/protocol';
import type { AgentContext } from '../context.ts';
import { noteStanding } from '../run/standing-file.ts';
import type { Documents } from './documents.ts';

/**
 * One check-in: what is true here by digest, then the documents that the server does not have.
 *
 * @param collect false while an order is under way: what is half done is not reported.
 * @throws ServerFailure
 */
export async function checkIn(
  context: AgentContext,
  documents: Documents,
  options: { readonly collect: boolean; readonly signal?: AbortSignal },
): Promise<CheckInReply> {
  const { identity, server, journal, trust, agent, log } = context;
  await context.ownKey?.settle();
  if (options.collect) await documents.collect();
  const sent = documents.digests;
  const agentUpdate = await context.selfUpdate?.report();
  const request: CheckInRequest = {
    agentVersion: agent.version,
    bootId: await context.bootId(),
    ...(identity.machine === undefined ? {} : { machine: identity.machine }),
    documents: sent,
    generation: journal.state.generation,
    activeOrders: journal.state.active === null ? [] : [journal.state.active.orderId],
    trust: trust.held(journal.state),
    ...(context.selfUpdate?.takes === true ? { takesUpdates: true } : {}),
    ...(agentUpdate === undefined ? {} : { agentUpdate }),
  };
  const ask = () => server.checkIn(request, options.signal);
  const reply = await (context.ownKey === undefined ? ask() : context.ownKey.introducing(ask));
  await trust.heed(reply.trust);
  await noteStanding(context, reply.standing);
  if (reply.rotateKey === true) await context.ownKey?.change();
  for (const kind of reply.wanted) {
    const digest = sent[kind];
    const text = await documents.text(kind);
    if (text === null && kind === 'manifest' && options.collect) await documents.collect({ force: true });
    // Changed meanwhile, or lost: the next check-in reports what is there then.
    if (digest === null || text === null || documents.digests[kind] !== digest) {
      log.warn(`the server wants the ${kind} document, which is not at hand; the next check-in sends it`);
      continue;
    }
    await server.putDocument(kind, digest, text, options.signal);
  }
  return reply;
}
