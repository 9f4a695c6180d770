import type { OrderKeyStatus } from '@thimble/protocol';
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { keys } from './keys.ts';

export const orderKeysQuery = queryOptions({
  queryKey: keys.orderKeys,
  queryFn: ({ signal }) => get<OrderKeyStatus>('/order-keys', {}, signal),
});
