import type {
  EvidenceCheckpoints,
  EvidenceExport,
  EvidenceExportTest,
  PutEvidenceExportRequest,
} from '@thimble/protocol';
import type { FakeState } from '../fake-fleet.ts';
import type { Answer } from '../fake-routes.ts';
import { seeded } from '../fixtures/random.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });
const MINUTE_MS = 60_000;
const ORIGIN = 'thimble/2f0c7a52-5f0e-4f6d-9a5e-0c7f0f0a9d11/00000000-0000-4000-a000-000000000001';

/** Checkpoints and collectors. @returns undefined: not about that. */
export function answerEvidence(state: FakeState, method: string, path: string, body: unknown): Answer | undefined {
  const [stage, part, name, action] = path.split('/').slice(1);
  if (stage !== 'evidence') return undefined;
  if (part === 'checkpoints') return ok(checkpoints(state));
  return part === 'exports' ? exportsOf(state, method, name, action, body) : undefined;
}

function checkpoints({ evidence, now }: FakeState): EvidenceCheckpoints {
  const random = seeded(7);
  const size = evidence.length;
  const root = random.hex(64);
  const hash = Buffer.from(root, 'hex').toString('base64');
  const signature = Buffer.from(random.hex(136), 'hex').toString('base64');
  return {
    verifierKey: `${ORIGIN}+8f1c02aa+${Buffer.from(random.hex(66), 'hex').toString('base64')}`,
    newest: {
      size,
      rootSha256: root,
      signedAt: new Date(now() - MINUTE_MS).toISOString(),
      note: `${ORIGIN}\n${size}\n${hash}\n\n— ${ORIGIN} ${signature}\n`,
    },
    unsigned: 0,
    witnesses: [
      {
        name: 'witness.example.org',
        verifierKey: 'witness.example.org+1f+BA',
        cosigned: { size: Math.max(1, size - 3), seenAt: new Date(now() - 9 * MINUTE_MS).toISOString() },
      },
      { name: 'archive.example.org', verifierKey: 'archive.example.org+2f+BA', cosigned: null },
    ],
    beside: { size, database: 'has-it' },
  };
}

function exportsOf(
  { collectors, evidence, now }: FakeState,
  method: string,
  name: string | undefined,
  action: string | undefined,
  body: unknown,
): Answer {
  const at = collectors.findIndex((one) => one.name === name);
  const found = collectors[at];
  if (name === undefined) return ok({ items: collectors });
  if (action === 'test') {
    const problem = found?.trouble?.message ?? null;
    return ok({ sequence: evidence.length, tookMs: 41, problem } satisfies EvidenceExportTest);
  }
  if (method === 'DELETE') {
    if (at >= 0) collectors.splice(at, 1);
    return { status: 204 };
  }
  const { destination, format, secret } = body as PutEvidenceExportRequest;
  const saved: EvidenceExport = {
    name,
    destination,
    format,
    hasSecret: secret === undefined ? (found?.hasSecret ?? false) : secret !== null,
    createdAt: found?.createdAt ?? new Date(now()).toISOString(),
    sentThrough: evidence.length,
    behind: 0,
    lastSentAt: null,
    trouble: null,
  };
  collectors.splice(at < 0 ? collectors.length : at, at < 0 ? 0 : 1, saved);
  return ok(saved);
}

/** One that works and one that does not. */
export function createFakeCollectors(records: number, nowMs: number): EvidenceExport[] {
  const ago = (minutes: number): string => new Date(nowMs - minutes * MINUTE_MS).toISOString();
  const common = { format: 'ocsf', createdAt: ago(90_000) } as const;
  return [
    {
      ...common,
      name: 'siem',
      destination: {
        kind: 'syslog',
        host: 'siem.example.org',
        port: 6514,
        authorities: '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n',
        clientCertificate: null,
      },
      hasSecret: false,
      sentThrough: records,
      behind: 0,
      lastSentAt: ago(2),
      trouble: null,
    },
    {
      ...common,
      name: 'splunk',
      destination: {
        kind: 'https',
        url: 'https://collector.example.org:8088/services/collector/raw',
        authorities: null,
      },
      hasSecret: true,
      sentThrough: Math.max(0, records - 3),
      behind: Math.min(3, records),
      lastSentAt: ago(260),
      trouble: { since: ago(31), message: 'the receiver answers with status 503', nextTryAt: ago(-3) },
    },
  ];
}
