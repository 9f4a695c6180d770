import { type DocumentKind, LIMITS, Sha256, System, canonicalJson } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { agentOf, agentRoutes } from '../agent-gate.ts';
import { bodyText, textParser } from '../agent-body.ts';
import { adoptDocuments } from './adopt.ts';
import { packageVersionIds, storeManifest } from './manifest.ts';
import { storeUpdates, updateVersionIds } from './updates.ts';

const parseSystem = textParser(System);
const Parameters = Type.Object({
  kind: Type.Union([Type.Literal('manifest'), Type.Literal('system'), Type.Literal('updates')]),
  sha256: Sha256,
});

/** PUT /agent/documents/:kind/:sha256: the list behind a digest that a check-in named. */
export async function registerDocuments(app: App, context: ServerContext): Promise<void> {
  const { pool } = context.database;
  const packages = packageVersionIds(pool);
  const updates = updateVersionIds(pool);
  await agentRoutes(app, context, (scope) => {
    scope.put(
      '/documents/:kind/:sha256',
      {
        config: { access: 'agent', quiet: true },
        bodyLimit: LIMITS.documentBytes,
        schema: { params: Parameters },
      },
      async (request, reply) => {
        const sender = agentOf(request);
        const { kind, sha256: claimed } = request.params;
        const text = await bodyText(request, LIMITS.documentBytes);
        if (sha256(text) !== claimed)
          throw new HttpProblem(422, 'digest-mismatch', { detail: `The document's SHA-256 is not ${claimed}.` });
        if (kind === 'manifest')
          await storeManifest(pool, packages, sender.organisationId, claimed, text, context.clock());
        if (kind === 'updates')
          await storeUpdates(pool, updates, sender.organisationId, claimed, text, context.clock());
        const system = kind === 'system' ? readSystem(text) : null;
        const { reportedManifest, reportedSystem, reportedUpdates } = sender.heartbeat;
        const reported: Record<DocumentKind, string | null> = {
          manifest: reportedManifest,
          system: reportedSystem,
          updates: reportedUpdates,
        };
        // What an endpoint sends now is what it has now, whatever its last check-in said.
        reported[kind] = claimed;
        await adoptDocuments(context, sender, reported, null, system);
        return reply.code(204).send();
      },
    );
  });
}

function readSystem(text: string): System {
  const system = parseSystem(text);
  if (canonicalJson(Value.Clean(System, structuredClone(system))) !== text)
    throw new HttpProblem(422, 'not-canonical', { detail: 'The document is not in its canonical form.' });
  return system;
}
