import { Command, CommanderError, type Option } from 'commander';
import { CliError } from './cli-error.ts';
import type { Cli } from './cli.ts';
import type { CommandEntry } from './command-entry.ts';
import { EXIT, EXIT_CODE_HELP } from './exit-codes.ts';
import { VERSION } from './version.ts';

/** Runs one command line from beginning to end. @returns the exit code, see exit-codes.ts */
export async function runCli(
  argv: readonly string[],
  entries: readonly CommandEntry[],
  base: Omit<Cli, 'exitWith'>,
): Promise<number> {
  let exitCode: number = EXIT.ok;
  const cli: Cli = {
    ...base,
    exitWith(code) {
      exitCode = code;
    },
  };
  try {
    const program = await buildProgram(argv, entries, cli);
    if (argv.length === 0) {
      program.outputHelp();
      return EXIT.ok;
    }
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportError(cli, error, argv.includes('--json'));
  }
}

async function buildProgram(argv: readonly string[], entries: readonly CommandEntry[], cli: Cli): Promise<Command> {
  const { terminal } = cli;
  const program = new Command('thimble')
    .description('Security patch management: find what is missing, plan it exactly, patch, prove it.')
    .version(`thimble ${VERSION}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => terminal.colour.bold(title),
      // A group's options are worth repeating below each of its commands; the program's own are not.
      visibleGlobalOptions: (command) => groupOptions(command),
    })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text, write) => write(`thimble: ${text.replace(/^error: /, '')}`),
      getOutHelpWidth: () => Math.min(100, terminal.width),
      getErrHelpWidth: () => Math.min(100, terminal.width),
      getOutHasColors: () => terminal.colour.bold('x') !== 'x',
      getErrHasColors: () => terminal.errColour.bold('x') !== 'x',
    })
    .showHelpAfterError('Add --help for what is possible.')
    .exitOverride();
  program.addHelpText('after', `\n${EXIT_CODE_HELP}`);
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  const called = first === 'help' ? second : first;
  for (const entry of entries) {
    if (entry.name === called) (await entry.load())(program, cli);
    else program.command(entry.name);
    program.commands
      .find((command) => command.name() === entry.name)
      ?.summary(entry.summary)
      .helpGroup(entry.group);
  }
  return program;
}

function groupOptions(command: Command): Option[] {
  const options: Option[] = [];
  for (let group = command.parent; group !== null && group.parent !== null; group = group.parent)
    options.push(...group.options.filter(({ hidden }) => !hidden));
  return options;
}

/** What went wrong and what to do about it; a bug's stack only when asked for. */
function reportError({ terminal, env, signal }: Cli, error: unknown, json: boolean): number {
  const { errColour } = terminal;
  if (signal.aborted && !(error instanceof CliError)) return EXIT.interrupted;
  const code = property(error, 'code') ?? 'internal';
  const hint = property(error, 'hint');
  const message = error instanceof Error ? error.message : String(error);
  const expected = isExpected(error);
  if (json) terminal.note(JSON.stringify({ error: { code, message, ...(hint === undefined ? {} : { hint }) } }));
  else {
    terminal.note(`${errColour.bad('thimble:')} ${expected ? '' : 'internal error: '}${message}`);
    if (hint !== undefined) terminal.note(hint);
    if (!expected && env['THIMBLE_DEBUG'] === undefined)
      terminal.note('This is a bug. Set THIMBLE_DEBUG=1 to see where it happened, and report it please.');
  }
  if (env['THIMBLE_DEBUG'] !== undefined && error instanceof Error) terminal.note(error.stack ?? '');
  if (error instanceof CliError) return error.exitCode;
  return error instanceof Error && error.name === 'SettingsError' ? EXIT.usage : EXIT.failure;
}

/** Errors of the house have a kebab-case code; Node's own are upper case, and a bug has none. */
function isExpected(error: unknown): boolean {
  return /^[a-z][a-z-]*$/.test(property(error, 'code') ?? '');
}

function property(error: unknown, name: 'code' | 'hint'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}
