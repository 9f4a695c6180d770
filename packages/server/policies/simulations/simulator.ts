import type { SimulateRequest } from '@thimble/protocol';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { collectWork, type Drafts, parseDrafts } from './collect-work.ts';
import { endJob, insertJob, noteProgress, sweepJobs } from './jobs.ts';
import { runInThread } from './run-in-thread.ts';

/** Threads of one server, whoever asks: each takes a core. */
const THREADS = 2;
const PROGRESS_MS = 1000;
const SWEEP_MS = 3_600_000;

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

/** Computes simulations of this server beside its other work. */
export interface Simulator {
  /** @returns the job's id. @throws HttpProblem 409 `simulation-running`; 422 `policy-invalid`, `bad-start`; 503 `busy` */
  readonly start: (operator: Operator, request: SimulateRequest) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export function createSimulator(context: ServerContext): Simulator {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const sweep = (): Promise<void> =>
    sweepJobs(context).catch((error: unknown) => context.log.warn({ err: error }, 'old simulations were not removed'));
  const sweeper = setInterval(() => void sweep(), SWEEP_MS);

  const start: Simulator['start'] = async (operator, request) => {
    const drafts = parseDrafts(request, context.clock());
    if (running.size >= THREADS)
      throw new HttpProblem(503, 'busy', {
        detail: `This server computes ${THREADS} simulations already.`,
        hint: 'Try again in a minute.',
      });
    const id = await insertJob(context, operator, request);
    const job = compute(context, operator.organisationId, id, { request, drafts }, stopping.signal).catch(
      (error: unknown) => context.log.error({ err: error }, 'a simulation was lost'),
    );
    running.add(job);
    void job.finally(() => running.delete(job));
    return id;
  };
  return {
    start,
    stop: async () => {
      clearInterval(sweeper);
      stopping.abort();
      await Promise.all(running);
    },
  };
}

async function compute(
  context: ServerContext,
  organisationId: string,
  id: string,
  { request, drafts }: { readonly request: SimulateRequest; readonly drafts: Drafts },
  stopping: AbortSignal,
): Promise<void> {
  const given = new AbortController();
  let percent = 0;
  const tell = async (): Promise<void> => {
    if (!(await noteProgress(context, id, percent))) given.abort();
  };
  const timer = setInterval(() => void tell().catch(() => undefined), PROGRESS_MS);
  try {
    const work = await collectWork(context, context.database.kysely, organisationId, request, drafts);
    const end = await runInThread(work, (now) => (percent = now), AbortSignal.any([given.signal, stopping]));
    if (end.kind === 'done') await endJob(context, id, { state: 'done', reply: end.reply });
    else
      await endJob(context, id, {
        state: 'failed',
        error: end.kind === 'stopped' ? 'the server stopped while it was computed' : end.message,
      });
  } catch (error) {
    if (!(error instanceof HttpProblem)) context.log.error({ err: error }, 'a simulation failed');
    const why = error instanceof HttpProblem ? error.details.detail : undefined;
    await endJob(context, id, { state: 'failed', error: why ?? 'the server failed on it; its log says why' });
  } finally {
    clearInterval(timer);
  }
}
