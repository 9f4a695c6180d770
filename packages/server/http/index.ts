export type { App, RouteAccess } from './app.ts';
export { type Channel, channelOf, isLoopback } from './channel.ts';
export { type BoundPort, type Endpoints, ListenError, bindPort, openEndpoints } from './listener.ts';
export { HttpProblem } from './problem.ts';
