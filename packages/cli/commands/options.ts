import { type Command, InvalidArgumentError, Option } from 'commander';

/** `--json` on a command and all below it; the shapes are the protocol's types. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON on standard output');
}

/** Where the server is. Without any of them: the server on this machine, by its socket in the data directory. */
export function withConnection(command: Command): Command {
  return command
    .addOption(new Option('--server <url>', 'a server elsewhere').env('THIMBLE_SERVER'))
    .addOption(new Option('--token <token>', 'API token for it (thimble tokens create)').env('THIMBLE_TOKEN'))
    .addOption(
      new Option('--ca-fingerprint <sha256>', 'the CA that signed its certificate, as the server printed it').env(
        'THIMBLE_CA_FINGERPRINT',
      ),
    )
    .addOption(
      new Option('--organisation <name>', 'the organisation in which to act, by name or id').env(
        'THIMBLE_ORGANISATION',
      ),
    )
    .addOption(new Option('--data <directory>', 'data directory of the server on this machine').env('THIMBLE_DATA'));
}

export interface ConnectionOptions {
  readonly server?: string;
  readonly token?: string;
  readonly caFingerprint?: string;
  readonly organisation?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** An option's value as a whole number of a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,12}$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It has to be a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** `a,b c` and repeated options alike: one list of words. */
export function words(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(/[,\s]+/).filter((word) => word !== '')];
}

export function examples(command: Command, lines: readonly (readonly [command: string, meaning: string])[]): Command {
  const widest = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, meaning]) => `  $ ${line.padEnd(widest)}  ${meaning}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}
