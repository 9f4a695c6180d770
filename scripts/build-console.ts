/** Builds the console when its sources have changed; the last line says whether it was `built` or still `fresh`. */
import { buildConsole } from '@thimble/console';

const { built } = await buildConsole();
process.stdout.write(`${built ? 'built' : 'fresh'}\n`);
