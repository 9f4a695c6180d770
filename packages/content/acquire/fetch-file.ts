import type { ContentFault } from '../model/index.ts';
import { attempt, type AttemptContext } from './attempt.ts';
import { createCourse } from './course.ts';
import { worstFault } from './faults.ts';
import { FRUITLESS_ROUNDS_LIMIT, PROGRESS_BYTES } from './limits.ts';

export interface FetchFileContext extends AttemptContext {
  readonly urls: readonly URL[];
  /** Whether the bytes that are there are the right ones; what is wrong with them. */
  readonly check: () => Promise<ContentFault | null>;
  readonly onHost: (host: string) => void;
}

/** Where a file was got from in the end; null: its bytes were all here already. */
export type FetchedFrom = { readonly host: string } | { readonly host: null };

/**
 * Gets all bytes of a file into its partial file, and checks them: from the first address that has them, resumed after breaks, from
 * the next one when one fails.
 *
 * @throws ContentFault the gravest of what the addresses did; the signal's reason
 */
export async function fetchFile(context: FetchFileContext): Promise<FetchedFrom> {
  const { partial, sizeBytes, upstreams, signal, name } = context;
  const course = createCourse(context.urls, upstreams.health);
  // Whatever is here at the start came from earlier attempts.
  let pieces = partial.size() > 0 ? 1 : 0;
  if (partial.size() === sizeBytes) {
    if ((await context.check()) === null) return { host: null };
    await startAnew(context);
    pieces = 0;
  }
  for (let fruitless = 0; fruitless < FRUITLESS_ROUNDS_LIMIT;) {
    let progressed = false;
    for (const url of course.ready()) {
      context.onHost(url.hostname);
      const before = { size: partial.size(), generation: partial.digest.generation() };
      const result = await upstreams.turns(url.host, () => attempt(url, context), signal);
      if (partial.digest.generation() !== before.generation) pieces = 0;
      else if (partial.size() - before.size >= PROGRESS_BYTES) progressed = true;
      pieces += 1;
      if (result.kind !== 'complete') {
        course.note(url, result.fault, result.kind === 'failed' && result.again);
        continue;
      }
      const fault = await context.check();
      if (fault === null) return { host: url.hostname };
      await startAnew(context);
      // Put together of several pieces: any of them may have been wrong, so this address has another try.
      course.note(url, fault, pieces > 1);
      pieces = 0;
    }
    fruitless = progressed ? 0 : fruitless + 1;
    const patienceMs = course.waitMs();
    if (patienceMs === null || patienceMs > upstreams.limits.patienceMs) break;
    if (fruitless < FRUITLESS_ROUNDS_LIMIT && patienceMs > 0) await upstreams.wait(patienceMs, signal);
  }
  throw worstFault(name, course.faults());
}

async function startAnew({ partial, onChange }: FetchFileContext): Promise<void> {
  await partial.restart();
  onChange();
}
