import { isSea } from 'node:sea';

/** The words that start this very program: the single file, or Node with the file that it was given. */
export function ownCommand(process: Pick<NodeJS.Process, 'execPath' | 'argv'>): readonly string[] {
  if (isSea()) return [process.execPath];
  return [process.execPath, '--disable-warning=ExperimentalWarning', process.argv[1] ?? ''];
}
