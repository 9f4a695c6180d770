export { inverseTransaction, type InverseTransaction } from './inverse.ts';
export * from './approval.ts';
export * from './content.ts';
export * from './deploy.ts';
export * from './signature-demand.ts';
export * from './transaction.ts';
export * from './order.ts';
export * from './outcome.ts';
