#!/usr/bin/env node
import { ENDPOINT_COMMANDS } from './commands/endpoint-commands.ts';
import { SERVER_COMMANDS } from './commands/server-commands.ts';
import { runProcess } from './run-process.ts';

await runProcess([...SERVER_COMMANDS, ...ENDPOINT_COMMANDS]);
