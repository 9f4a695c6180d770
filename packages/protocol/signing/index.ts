export * from './digest.ts';
export * from './envelope.ts';
export * from './http-signature.ts';
export * from './keys.ts';
export * from './ticket.ts';
export * from './vouched.ts';
