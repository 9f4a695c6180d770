/** What another program of the house needs to run a server with this command's manners: the demo. */
export { CliError } from '../cli-error.ts';
export type { Cli } from '../cli.ts';
export type { CommandEntry } from '../command-entry.ts';
export { runProcess } from '../run-process.ts';
export { buildInChild } from './build-in-child.ts';
export { runServer } from './run-server.ts';
export { openServerLog } from './server-log.ts';
export { tellDone } from './steps.ts';
