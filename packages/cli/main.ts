#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Stripping types of hundreds of files takes longer than most commands: Node keeps what it has compiled. Before any import of
// ours, hence these ones are dynamic. Where the folder can't be written nothing is kept.
enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node-compile'));

const [{ ENDPOINT_COMMANDS }, { SERVER_COMMANDS }, { runProcess }] = await Promise.all([
  import('./commands/endpoint-commands.ts'),
  import('./commands/server-commands.ts'),
  import('./run-process.ts'),
]);
await runProcess([...SERVER_COMMANDS, ...ENDPOINT_COMMANDS]);
