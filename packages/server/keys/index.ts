export { assertOrderKey } from './assert-order-key.ts';
export { OrderKeyError, loadOrderKey } from './order-key.ts';
