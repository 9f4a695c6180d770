export { loadOrderKey } from './order-key.ts';
