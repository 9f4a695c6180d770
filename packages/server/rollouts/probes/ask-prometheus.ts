import { type Agents, ask, printable, UpstreamError } from '@thimble/upstream';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

/** One number, or why there is none. */
export interface ProbeAnswer {
  readonly value: number | null;
  readonly message: string;
}

/** A query that takes longer than this loads the Prometheus that everybody else depends on. */
const DEADLINE_MS = 10_000;
/** One number and its labels; whoever sends more has another question in mind. */
const BODY_BYTES = 256 * 1024;
const MESSAGE_CHARACTERS = 500;

const Sample = Type.Tuple([Type.Number(), Type.String({ maxLength: 100 })]);
/** Of Prometheus' HTTP API, "Instant queries": what of it is needed. */
const Reply = Type.Object({
  status: Type.Literal('success'),
  data: Type.Union([
    Type.Object({ resultType: Type.Literal('scalar'), result: Sample }),
    Type.Object({ resultType: Type.Literal('vector'), result: Type.Array(Type.Object({ value: Sample })) }),
  ]),
});

/** Asks for one number now. Never throws: what gives no number is no good answer, and a gate says so. */
export async function askPrometheus(
  base: URL,
  query: string,
  { agents, stopping }: { readonly agents: Agents; readonly stopping: AbortSignal },
): Promise<ProbeAnswer> {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/api/v1/query`;
  url.search = new URLSearchParams({ query }).toString();
  const late = AbortSignal.timeout(DEADLINE_MS);
  try {
    const { status, text } = await fetched(url, agents, AbortSignal.any([stopping, late]));
    return status === 200 ? numberIn(text) : none(`${printable(url)} answered ${status}`);
  } catch (error) {
    if (late.aborted) return none(`${printable(url)} has not answered within ${DEADLINE_MS / 1000} s`);
    return none(error instanceof UpstreamError || error instanceof Error ? error.message : 'it could not be asked');
  }
}

async function fetched(
  url: URL,
  agents: Agents,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  // Only the server that was configured: whatever another one says would decide.
  const isConfigured = ({ origin }: URL): boolean => {
    if (origin !== url.origin) throw new UpstreamError('refused', `${printable(url)} redirects to another server`);
    return true;
  };
  const addresses = { isConfigured, isTrusted: isConfigured };
  const headers = { accept: 'application/json' };
  const { response } = await ask(url, { agents, headers, answerMs: DEADLINE_MS, signal, addresses });
  try {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > BODY_BYTES) throw new UpstreamError('broken', `${printable(url)} answers too much`);
      chunks.push(chunk);
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
  } finally {
    response.destroy();
  }
}

function numberIn(text: string): ProbeAnswer {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    return none('its answer is no JSON');
  }
  if (!Value.Check(Reply, reply)) return none('its answer is no number');
  const { data } = reply;
  if (data.resultType === 'scalar') return numberOf(data.result[1]);
  const [first, ...more] = data.result;
  if (first === undefined) return none('no series matches its query');
  return more.length === 0 ? numberOf(first.value[1]) : none(`${more.length + 1} series match its query, not one`);
}

/** Prometheus prints floats as Go does; NaN and infinities are none that a bound could hold. */
function numberOf(text: string): ProbeAnswer {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? { value, message: '' } : none(`it answered ${text}`);
}

function none(message: string): ProbeAnswer {
  return { value: null, message: message.slice(0, MESSAGE_CHARACTERS) };
}
