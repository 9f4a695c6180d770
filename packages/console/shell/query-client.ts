import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ProblemError } from '../api/client.ts';
import { keys } from '../api/keys.ts';

const FRESH_MS = 5000;
const RETRIES = 2;
/** Live events say what changed; this is for what they missed. */
const RENEW_MS = 60_000;

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The session has ended: fetching it again shows the sign-in.
        if (statusOf(error) === 401 && query.queryKey[0] !== keys.session[0]) {
          void client.invalidateQueries({ queryKey: keys.session });
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        refetchInterval: RENEW_MS,
        retry: (count, error) => count < RETRIES && isWorthRetrying(error),
      },
    },
  });
  return client;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof ProblemError ? error.problem.status : undefined;
}

/** The server's own words about our request do not change by asking again. */
function isWorthRetrying(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status === 502 || status === 503 || status === 504;
}
