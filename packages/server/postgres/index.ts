export { makeRuntimeDirectory } from './directories.ts';
export { embeddedTarget } from './embedded-target.ts';
export { PostgresError } from './error.ts';
export { OLDEST_MAJOR } from './binaries.ts';
export { type RunningPostgres, startPostgres, unexpectedEnd } from './supervisor.ts';
