import type { FeedRequest } from '@thimble/advisories';
import type { Fetched } from '../fetch/index.ts';
import type { Validator } from '../store.ts';

/** What upstream says to “has it changed since?”. */
export interface News {
  /** Nothing has. */
  readonly unchanged: boolean;
  /** By path: what was answered. Documents among it have to be read or discarded. */
  readonly answers: Map<string, Fetched>;
  /** Of documents that came whole and are the same bytes as before: some upstreams know no conditional requests. */
  readonly validators: ReadonlyMap<string, Validator>;
}

/** Asks for the documents that were read the last time. */
export async function askForNews(
  requests: readonly FeedRequest[],
  before: ReadonlyMap<string, Validator>,
  fetch: (request: FeedRequest, validator: Validator) => Promise<Fetched>,
): Promise<News> {
  const answers = new Map<string, Fetched>();
  const validators = new Map<string, Validator>();
  for (const request of requests) {
    const validator = before.get(request.path);
    if (validator === undefined) continue;
    const fetched = await fetch(request, validator);
    const same = fetched.kind === 'document' && fetched.validator.sha256 === validator.sha256;
    answers.set(request.path, same ? { kind: 'unchanged' } : fetched);
    if (!same) continue;
    validators.set(request.path, fetched.validator);
    await fetched.remove();
  }
  const unchanged = requests.length > 0 && requests.every(({ path }) => answers.get(path)?.kind === 'unchanged');
  return { unchanged, answers, validators };
}
