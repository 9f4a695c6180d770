export { hearOfUpdate, mayUpdate } from './hints.ts';
