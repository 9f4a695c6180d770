import { existsSync } from 'node:fs';
import { apiSocketPath } from '@thimble/server/api-socket';
import type { Command } from 'commander';
import type { Client } from '../client/index.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { withAdvisories } from '../scan/advisories-at-hand.ts';
import { explainSeen } from '../scan/explain-seen.ts';
import { look } from '../scan/look/look.ts';
import { connect, dataDirectory } from './connection.ts';
import { momentOf } from './moment.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson } from './print.ts';
import { allEndpoints, pickEndpoint } from './resolve-endpoint.ts';

interface Options extends ConnectionOptions {
  readonly asOf?: string;
  readonly in?: string;
  readonly os?: string;
  readonly local?: boolean;
  readonly database?: string;
}

export function explainCommand(program: Command, cli: Cli): void {
  const command = withConnection(withJson(program.command('explain')))
    .argument('<vulnerability>', 'CVE-2024-6387, GHSA-…')
    .argument('<subject>', 'a package, or the name of an endpoint')
    .description(
      'Why a vulnerability is said to be in a package, or not: what is installed, which records speak of it, which rule was ' +
        'applied, the two versions that were compared, and what is not known. Asks the server when there is one; with --in or ' +
        '--local it looks by itself, with the local advisory database (thimble feeds).',
    )
    .option('--as-of <date>', 'as it was known then: 2026-05-03 (its end, UTC), or with a time', momentOf)
    .option('--in <target>', 'in a folder, root, bill of materials or package database, as thimble scan takes them')
    .option('--os <id:version>', 'with --in: whose packages a database holds')
    .option('--local', 'this machine’s packages, without a server')
    .option('--database <file>', 'the local advisory database');
  examples(command, [
    ['thimble explain CVE-2024-6387 openssh-server', 'a package of the fleet, or of this machine'],
    ['thimble explain CVE-2024-6387 web1 --as-of 2026-05-03', 'an endpoint, as it was known on that day'],
    ['thimble explain CVE-2021-44228 log4j-core --in bom.json', 'a package in a bill of materials'],
  ]);
  command.action(async (vulnerability: string, subject: string, options: Options) => {
    const { asOf } = options;
    const isLocal = options.in !== undefined || options.local === true || !hasServer(cli, options);
    const explanation = isLocal
      ? await explainHere(cli, vulnerability, subject, asOf, options)
      : await explainThere(connect(cli, options), vulnerability, subject, asOf);
    if (options.json === true) printJson(cli.terminal, explanation);
    else await cli.terminal.outRaw(explanation.text.endsWith('\n') ? explanation.text : `${explanation.text}\n`);
  });
}

function hasServer(cli: Cli, options: Options): boolean {
  return options.server !== undefined || existsSync(apiSocketPath(dataDirectory(cli, options.data)));
}

async function explainThere(client: Client, vulnerability: string, subject: string, asOf: string | undefined) {
  const endpoints = await allEndpoints(client);
  const named = endpoints.some(({ id, hostname }) => id === subject || hostname === subject);
  const about = named ? { endpointId: pickEndpoint(endpoints, subject).id } : { package: subject };
  return client.explain({ vulnerability, ...about, ...(asOf === undefined ? {} : { asOf }) });
}

async function explainHere(
  cli: Cli,
  vulnerability: string,
  subject: string,
  asOf: string | undefined,
  options: Options,
) {
  const seen = await look(cli, { target: options.in, os: options.os, languages: options.in !== undefined });
  const moment = asOf === undefined ? cli.now() : new Date(asOf);
  const offline = { offline: true, ...(options.database === undefined ? {} : { database: options.database }) };
  const explanation = await withAdvisories(cli, offline, new Set(), (advisories) =>
    explainSeen(seen, { vulnerability, packageName: subject, asOf: moment, isNow: asOf === undefined }, advisories),
  );
  if (explanation === null)
    throw new CliError('unknown-package', `no package of ${seen.subject.name} is called ${JSON.stringify(subject)}`, {
      hint: 'Binary and source names are both understood. What is there: thimble scan --format json',
      exitCode: EXIT.usage,
    });
  return explanation;
}
