import type { EvidenceExport, ExportDestination, PutEvidenceExportRequest } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import { usageError } from '../../../cli-error.ts';
import type { Cli } from '../../../cli.ts';
import { connect } from '../../connection.ts';
import { type ConnectionOptions, examples } from '../../options.ts';
import { printJson } from '../../print.ts';
import { readGiven } from '../audit-options.ts';
import { placeOf } from './export-view.ts';

interface SetOptions extends ConnectionOptions {
  readonly syslog?: string;
  readonly https?: string;
  readonly format: EvidenceExport['format'];
  readonly authorities?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly authorization?: string;
  readonly from?: 'start' | 'now';
}

export function setCommand(group: Command, cli: Cli): void {
  const command = group
    .command('set <name>')
    .description('send the evidence there from now on, or change how')
    .option('--syslog <host:port>', 'to a receiver of syslog over TLS (RFC 5425)')
    .option('--https <url>', 'to a receiver of lines of JSON')
    .addOption(
      new Option('--format <format>', 'ocsf: events as JSON; text: the sentence for people, for syslog')
        .choices(['ocsf', 'text'])
        .default('ocsf'),
    )
    .option(
      '--authorities <file>',
      'PEM of who vouches for the receiver; without it, whom this server’s machine trusts',
    )
    .option('--client-certificate <file>', 'PEM, by which a receiver of syslog knows this server')
    .option('--client-key <file>', 'PEM of its key')
    .option('--authorization <file>', 'file with the value of the Authorization header, for https')
    .addOption(
      new Option('--from <record>', 'start: everything there is; now: what comes. A new one begins with now').choices([
        'start',
        'now',
      ]),
    );
  examples(command, [
    [
      'thimble audit export-to set siem --syslog siem.example:6514 --authorities ca.pem',
      'a receiver with a CA of its own',
    ],
    [
      'thimble audit export-to set siem --syslog siem.example:6514 --format text --from start',
      'sentences, all of them',
    ],
    [
      'thimble audit export-to set splunk --https https://siem.example:8088/services/collector/raw --authorization token.txt',
      'where token.txt has: Splunk 0123…',
    ],
  ]);
  command.addHelpText('after', '\nThe key or authorization of before stays unless the receiver is another one.');
  command.action(async (name: string, _, given: Command) => {
    const options = given.optsWithGlobals<SetOptions>();
    const saved = await connect(cli, options).setEvidenceExport(name, await requestOf(options));
    if (options.json === true) return printJson(cli.terminal, saved);
    cli.terminal.note(`${name}: the evidence goes to ${placeOf(saved)}.`);
    cli.terminal.note(`See whether it arrives: thimble audit export-to test ${name}`);
  });
}

/** @throws CliError `usage`, `not-read` */
async function requestOf(options: SetOptions): Promise<PutEvidenceExportRequest> {
  const { format, from, clientKey, authorization } = options;
  const secretFile = options.syslog === undefined ? authorization : clientKey;
  if ((options.syslog === undefined ? clientKey : authorization) !== undefined)
    throw usageError(
      'that secret is for the other kind',
      '--client-key goes with --syslog, --authorization with --https.',
    );
  const secret = secretFile === undefined ? undefined : (await readGiven(secretFile)).trim();
  return {
    destination: await destinationOf(options),
    format,
    ...(from === undefined ? {} : { from }),
    ...(secret === undefined ? {} : { secret }),
  };
}

async function destinationOf({ syslog, https, ...options }: SetOptions): Promise<ExportDestination> {
  if ((syslog === undefined) === (https === undefined))
    throw usageError('where is the evidence to go?', 'Give one of: --syslog HOST:PORT, --https URL.');
  const authorities = options.authorities === undefined ? null : await readGiven(options.authorities);
  if (https !== undefined) return { kind: 'https', url: https, authorities };
  const [, host, port] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(syslog ?? '') ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw usageError(`--syslog ${JSON.stringify(syslog)} is no place`, 'For example: --syslog siem.example:6514');
  const { clientCertificate } = options;
  return {
    kind: 'syslog',
    host,
    port: Number(port),
    authorities,
    clientCertificate: clientCertificate === undefined ? null : await readGiven(clientCertificate),
  };
}
