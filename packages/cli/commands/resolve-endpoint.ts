import type { EndpointSearch, EndpointSummary } from '@thimble/protocol';
import type { Client } from '../client/index.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { listing } from '../terminal/index.ts';

const PAGE = 1000;
/** More endpoints than a command line is for; the console pages through them. */
const MOST_PAGES = 200;

/** Every endpoint that a search finds, page by page; left out: every one. */
export async function allEndpoints(client: Client, search: EndpointSearch = {}): Promise<readonly EndpointSummary[]> {
  const found: EndpointSummary[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, nextCursor } = await client.endpoints({
      ...search,
      limit: PAGE,
      sort: 'hostname',
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...items);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return found;
}

export async function resolveEndpoint(client: Client, text: string): Promise<EndpointSummary> {
  return pickEndpoint(await allEndpoints(client), text);
}

/** Ids or names, each once, in the order given. */
export async function resolveEndpoints(client: Client, texts: readonly string[]): Promise<readonly EndpointSummary[]> {
  const all = await allEndpoints(client);
  return [...new Map(texts.map((text) => pickEndpoint(all, text)).map((endpoint) => [endpoint.id, endpoint])).values()];
}

/**
 * The endpoint that a person means: by id, by name, or by the beginning of either where only one begins so.
 *
 * @throws CliError `unknown-endpoint`, `ambiguous-endpoint`: two machines may share a name, and then only the id tells.
 */
export function pickEndpoint(all: readonly EndpointSummary[], text: string): EndpointSummary {
  const exact = all.filter(({ id, hostname }) => id === text || hostname === text);
  const candidates =
    exact.length > 0
      ? exact
      : all.filter(({ id, hostname }) => text !== '' && (id.startsWith(text) || hostname.startsWith(text)));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  if (only === undefined)
    throw new CliError('unknown-endpoint', `no endpoint is called ${JSON.stringify(text)}`, {
      hint:
        all.length === 0
          ? 'No endpoint is enrolled yet.'
          : `There are ${listing(
              all.map(({ hostname }) => hostname),
              8,
            )}.`,
      exitCode: EXIT.usage,
    });
  throw new CliError('ambiguous-endpoint', `${JSON.stringify(text)} could be ${listing(candidates.map(label), 8)}`, {
    hint: 'Give the id, or more of the name.',
    exitCode: EXIT.usage,
  });
}

function label({ hostname, id }: EndpointSummary): string {
  return `${hostname} (${id})`;
}
