export { buildConsole, CONSOLE_FOLDER, type BuildOptions, type BuildResult } from './build/build-console.ts';
