export { assertKey } from './assert-key.ts';
export { ServerKeyError, loadSigningKey } from './signing-key.ts';
