export { inverseTransaction, type InverseTransaction } from './inverse.ts';
export * from './transaction.ts';
export * from './order.ts';
export * from './outcome.ts';
