export { assertShallow } from './limits/json-depth.ts';
export type { App, RouteAccess } from './app.ts';
export { logRefused } from './request-log.ts';
export { ListenError, bindPort, openEndpoints } from './listener.ts';
export { readCursor, writeCursor } from './page-cursor.ts';
export { HttpProblem } from './problem.ts';
export { unhurry } from './unhurried.ts';
