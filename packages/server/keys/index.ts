export { assertKey } from './assert-key.ts';
export type { OrderKeyChain } from './order-key-chain.ts';
export { openOrderKeys, ORDER_KEYS_TOPIC, type OrderKeys, SEALED_ORDER_KEY } from './order-keys.ts';
export { ServerKeyError, loadSigningKey } from './signing-key.ts';
