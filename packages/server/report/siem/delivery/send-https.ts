import type { ExportDestination } from '@thimble/protocol';
import { createGuardedFetch } from '@thimble/upstream';

type HttpsDestination = Extract<ExportDestination, { kind: 'https' }>;

const DEADLINE_MS = 15_000;
/** What a receiver answers is read for its status alone. */
const ANSWER_LIMIT_BYTES = 64 * 1024;

/**
 * Posts lines of JSON.
 *
 * @param authorization value of the header of this name
 * @throws Error, UpstreamError: why it is not known that the receiver has them all
 */
export async function sendHttps(
  { url, authorities }: HttpsDestination,
  authorization: string | undefined,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { origin } = new URL(url);
  const configured = (each: URL): boolean => each.origin === origin;
  const guardedFetch = createGuardedFetch({
    addresses: { isConfigured: configured, isTrusted: configured },
    deadlineMs: DEADLINE_MS,
    bodyLimitBytes: ANSWER_LIMIT_BYTES,
    ...(authorities === null ? {} : { ca: authorities }),
  });
  const reply = await guardedFetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: lines.map((line) => `${line}\n`).join(''),
    signal,
  });
  // Redirects too: what was configured is where the evidence goes, and nowhere else.
  if (!reply.ok) throw new Error(`the receiver answers with status ${reply.status}`);
}
