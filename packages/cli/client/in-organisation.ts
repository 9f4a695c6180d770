import { API, ORGANISATION_HEADER, OrganisationList } from '@thimble/protocol';
import { usageError } from '../cli-error.ts';
import { call } from './call.ts';
import type { Transport } from './transport.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Every exchange acts in this organisation. A name is looked up once, among those in which the caller has a role. */
export function inOrganisation(transport: Transport, organisation: string): Transport {
  let id: Promise<string> | undefined;
  return async (exchange) => {
    if (exchange.path === `${API}/organisations` && exchange.method === 'GET') return transport(exchange);
    id ??= idOf(transport, organisation);
    return transport({ ...exchange, headers: { [ORGANISATION_HEADER]: await id } });
  };
}

async function idOf(transport: Transport, organisation: string): Promise<string> {
  if (UUID.test(organisation)) return organisation.toLowerCase();
  const { items } = await call(transport, { method: 'GET', path: '/organisations', reply: OrganisationList });
  const named = items.filter(({ name }) => name.toLowerCase() === organisation.toLowerCase());
  const [found] = named;
  if (found === undefined || named.length > 1)
    throw usageError(
      found === undefined
        ? `there is no organisation ${JSON.stringify(organisation)} in which you have a role`
        : `there are ${named.length} organisations ${JSON.stringify(organisation)}`,
      'Give its id; `thimble organisations list` shows it.',
    );
  return found.id;
}
