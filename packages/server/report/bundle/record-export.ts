import type { EvidenceScope } from '@thimble/protocol';
import type { Kysely } from 'kysely';
import type { Principal } from '../../access/index.ts';
import type { Tables } from '../../storage/index.ts';
import { appendEvidence } from '../append-evidence.ts';

interface Export {
  readonly scope: EvidenceScope;
  readonly recordCount: number;
  readonly at: Date;
}

/** That somebody took evidence out of here, which the bundle itself can't have. */
export async function recordExport(
  within: Kysely<Tables>,
  { organisationId, name: actor }: Principal,
  { scope, recordCount, at }: Export,
): Promise<void> {
  const about =
    scope.kind === 'period'
      ? `from ${scope.from} to ${scope.to}`
      : scope.kind === 'run'
        ? 'of a run'
        : 'of an endpoint';
  await appendEvidence(within, [
    {
      organisationId,
      at,
      kind: 'evidence-exported',
      actor,
      runId: scope.kind === 'run' ? scope.runId : null,
      endpointId: scope.kind === 'endpoint' ? scope.endpointId : null,
      summary: `${actor} took the evidence ${about}, ${recordCount} records`,
      detail: { scope: { ...scope }, recordCount },
    },
  ]);
}
