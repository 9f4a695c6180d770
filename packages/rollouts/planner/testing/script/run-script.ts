import { COMMANDS } from './commands.ts';
import { createWorld } from './world.ts';

/**
 * Runs an operator's script: `> ` begins a command, `>   ` goes on with the one before, `#` says what it is about. Everything else is
 * what it printed. The text as it is now, with what it prints now.
 */
export function runScript(text: string): string {
  const world = createWorld();
  const lines = text.split('\n').filter((line) => line.startsWith('#') || line.startsWith('>') || line === '');
  const printed: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    printed.push(line);
    if (!line.startsWith('> ') || line.startsWith('>   ')) continue;
    const more: string[] = [];
    while ((lines[index + 1] ?? '').startsWith('>   ')) {
      index++;
      printed.push(lines[index] ?? '');
      more.push((lines[index] ?? '').slice(4));
    }
    const [name = '', ...words] = line.slice(2).trim().split(/\s+/);
    const command = COMMANDS[name];
    if (command === undefined) throw new Error(`no such command: ${name}`);
    printed.push(...command(words, world, more.join('\n')));
  }
  return printed.join('\n');
}
