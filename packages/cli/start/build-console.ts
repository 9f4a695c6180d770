import { buildConsole } from '@thimble/console';

/** Builds the console when it is older than its sources; the last line says which of the two it was. */
const { built } = await buildConsole();
process.stdout.write(`${built ? 'built' : 'fresh'}\n`);
