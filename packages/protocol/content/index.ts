export * from './agent-content.ts';
export * from './relay-api.ts';
export * from './ticket.ts';
