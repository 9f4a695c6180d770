import { OfferKeyRequest } from '@thimble/protocol';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { bodyReader } from '../agent-body.ts';
import {
  advanceLane,
  agentOf,
  agentRoutes,
  assertSigned,
  readClaim,
  removed,
  SMALL_BODY_BYTES,
  stale,
  unknownKey,
} from '../agent-gate.ts';
import { confirmKey, findOffered } from './confirm-key.ts';
import { offerKey } from './offer-key.ts';

/** POST /agent/key and /agent/key/confirm: an endpoint changes its key, and can be cut off anywhere in between. */
export async function registerKeyRoutes(app: App, context: ServerContext): Promise<void> {
  const read = bodyReader(OfferKeyRequest, SMALL_BODY_BYTES);
  await agentRoutes(
    app,
    context,
    (scope) => {
      scope.post(
        '/key',
        { config: { access: 'agent' }, bodyLimit: SMALL_BODY_BYTES, schema: { body: OfferKeyRequest } },
        async (request, reply) => {
          await offerKey(context, agentOf(request), await read(request));
          return reply.code(204).send();
        },
      );
    },
    'known',
  );
  await agentRoutes(
    app,
    context,
    (scope, gate) => {
      scope.post(
        '/key/confirm',
        // Signed with a key that is no endpoint's yet; the signature is checked here.
        { config: { access: 'public' }, bodyLimit: SMALL_BODY_BYTES },
        async (request, reply) => {
          const claimed = readClaim(request, context);
          const offered = await findOffered(context, claimed.keyid);
          // The reply to an earlier confirmation was lost: the key holds already.
          const identity = offered ?? (await gate.keys.find(claimed.keyid));
          if (identity === undefined || identity === 'replaced') throw unknownKey();
          if (identity === 'removed') throw removed();
          assertSigned(request, claimed, identity.key, context);
          const advance = await advanceLane(gate, identity.endpointId, claimed, null);
          if (advance.kind === 'stale') throw stale(advance.lastSequence);
          if (advance.kind === 'removed') throw removed();
          const before = offered === undefined ? undefined : await confirmKey(context, offered, claimed.keyid);
          if (before !== undefined) gate.keys.forget(before);
          return reply.code(204).send();
        },
      );
    },
    'anybody',
  );
}
