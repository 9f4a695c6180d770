export * from './agent-content.ts';
export * from './bundle.ts';
export * from './relay-api.ts';
export * from './ticket.ts';
