import {
  ConsistencyProof,
  EvidenceBundle,
  EvidenceEntries,
  EvidenceExport,
  EvidenceExportList,
  EvidenceExportTest,
  EvidenceLog,
  type EvidenceRecord,
  type EvidenceScope,
  type PutEvidenceExportRequest,
} from '@thimble/protocol';
import { Compile } from 'typebox/compile';
import { call, callForText } from './call.ts';
import { ConnectionError } from './client-error.ts';
import type { Transport } from './transport.ts';

/** As many as the server gives at a time. */
const PAGE = 5_000;

/** The evidence as a log: its key, checkpoints and proofs, and its records from the first on. */
export function evidenceCalls(transport: Transport) {
  return {
    evidenceLog: () => call(transport, { method: 'GET', path: '/evidence/log', reply: EvidenceLog }),
    evidenceCheckpoint: () => callForText(transport, { path: '/evidence/checkpoint', accept: 'text/plain' }),
    evidenceConsistency: (from: number, to: number) =>
      call(transport, { method: 'GET', path: '/evidence/consistency', query: { from, to }, reply: ConsistencyProof }),
    evidenceBundle: (scope: EvidenceScope) => {
      const { kind: _kind, ...query } = scope;
      return call(transport, { method: 'GET', path: '/evidence/bundle', query, reply: EvidenceBundle });
    },
    evidenceEntries: () => entriesOf(transport),
    evidenceExports: () => call(transport, { method: 'GET', path: '/evidence/exports', reply: EvidenceExportList }),
    setEvidenceExport: (name: string, body: PutEvidenceExportRequest) =>
      call(transport, { method: 'PUT', path: exportAt(name), body, reply: EvidenceExport }),
    testEvidenceExport: (name: string) =>
      call(transport, { method: 'POST', path: `${exportAt(name)}/test`, reply: EvidenceExportTest }),
    removeEvidenceExport: (name: string) => call(transport, { method: 'DELETE', path: exportAt(name), reply: null }),
  };
}

const exportAt = (name: string): string => `/evidence/exports/${encodeURIComponent(name)}`;

async function* entriesOf(transport: Transport): AsyncGenerator<readonly EvidenceRecord[]> {
  // Compiled: an audit reads millions of records.
  const form = Compile(EvidenceEntries);
  for (let after = 0; ;) {
    const path = `/evidence/entries?after=${after}&limit=${PAGE}`;
    const page: unknown = JSON.parse(await callForText(transport, { path, accept: 'application/json' }));
    if (!form.Check(page))
      throw new ConnectionError('unexpected-reply', `GET ${path} answered in another form than expected`);
    const last = page.items.at(-1);
    if (last === undefined) return;
    yield page.items;
    // A server that gives the same again would be read for ever.
    if (last.sequence <= after) return;
    after = last.sequence;
  }
}
