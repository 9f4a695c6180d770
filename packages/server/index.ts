export type { ServerContext, Stage } from './context.ts';
export type { EventBus, ServerEvent } from './events/index.ts';
export type { App, RouteAccess } from './http/app.ts';
export type { Settings } from './settings/index.ts';
export type { Database, Tables } from './storage/index.ts';
