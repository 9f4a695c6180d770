import { join } from 'node:path';
import { runtimeDirectory } from './postgres/directories.ts';

/**
 * Where the local command line finds the server of a data directory. An entry of its own, so that the command line
 * needs not load a server to talk to one.
 */
export function apiSocketPath(dataDirectory: string): string {
  return join(runtimeDirectory(dataDirectory), 'api.sock');
}
