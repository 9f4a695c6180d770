import { DocumentKind, LIMITS, Sha256, System, canonicalJson } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { Type } from 'typebox';
import { SoftwareIds } from '../../assess/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { agentOf, agentRoutes, type AgentRequest } from '../agent-gate.ts';
import { bodyText, textParser } from '../agent-body.ts';
import { knownMembers } from '../known-members.ts';
import { adoptDocuments } from './adopt.ts';
import { packageVersionIds, readManifest } from './manifest.ts';
import { readRepositories } from './repositories.ts';
import { readUpdates, updateVersionIds } from './updates.ts';

const parseSystem = textParser(System);
const onlyKnown = knownMembers(System);
const Parameters = Type.Object({
  kind: DocumentKind,
  sha256: Sha256,
});

/** PUT /agent/documents/:kind/:sha256: the list behind a digest that a check-in named. */
export async function registerDocuments(app: App, context: ServerContext): Promise<void> {
  const { pool } = context.database;
  const packages = packageVersionIds(pool);
  const updates = updateVersionIds(pool);
  const software = new SoftwareIds(pool);
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
        const { organisationId } = sender;
        const now = context.clock();
        const store =
          kind === 'manifest'
            ? await readManifest(packages, software, organisationId, claimed, text, now)
            : kind === 'updates'
              ? await readUpdates(updates, organisationId, claimed, text, now)
              : kind === 'repositories'
                ? readRepositories(organisationId, claimed, text, now)
                : undefined;
        const system = kind === 'system' ? readSystem(text) : null;
        const { reportedManifest, reportedSystem, reportedUpdates, reportedRepositories } = sender.heartbeat;
        const reported: Record<DocumentKind, string | null> = {
          manifest: reportedManifest,
          system: reportedSystem,
          updates: reportedUpdates,
          repositories: reportedRepositories,
        };
        if (store !== undefined && reported[kind] === claimed && awaitsSystem(sender)) {
          await store(context.database.kysely);
          return reply.code(204).send();
        }
        // What an endpoint sends now is what it has now, whatever its last check-in said.
        reported[kind] = claimed;
        await adoptDocuments(context, sender, reported, null, system, store);
        return reply.code(204).send();
      },
    );
  });
}

/**
 * The system document that the check-in named is still to come (it is asked for last). What holds for the endpoint is
 * decided then, for all three at once; until then a list is only put down. Should it never come, the next check-in decides.
 */
function awaitsSystem({ heartbeat }: AgentRequest): boolean {
  return heartbeat.reportedSystem !== null && heartbeat.reportedSystem !== heartbeat.systemSha256;
}

function readSystem(text: string): System {
  const system = parseSystem(text);
  if (canonicalJson(onlyKnown(system)) !== text)
    throw new HttpProblem(422, 'not-canonical', { detail: 'The document is not in its canonical form.' });
  return system;
}
