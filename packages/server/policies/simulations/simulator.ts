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

/** @param run computes in a thread; a test gives its own. */
export function createSimulator(context: ServerContext, run = runInThread): Simulator {
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
    const job = compute(
      { context, run, stopping: stopping.signal },
      operator.organisationId,
      id,
      request,
      drafts,
    ).catch((error: unknown) => context.log.error({ err: error }, 'a simulation was lost'));
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

interface Surroundings {
  readonly context: ServerContext;
  readonly run: typeof runInThread;
  readonly stopping: AbortSignal;
}

async function compute(
  { context, run, stopping }: Surroundings,
  organisationId: string,
  id: string,
  request: SimulateRequest,
  drafts: Drafts,
): Promise<void> {
  const cancelled = new AbortController();
  let percent = 0;
  const tell = async (): Promise<void> => {
    if (!(await noteProgress(context, id, percent))) cancelled.abort();
  };
  // Also the sign of life by which other servers know that somebody computes it.
  const timer = setInterval(() => void tell().catch(() => undefined), PROGRESS_MS);
  try {
    const work = await collectWork(context, context.database.kysely, organisationId, request, drafts);
    const end = await run(work, (now) => (percent = now), AbortSignal.any([cancelled.signal, stopping]));
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
