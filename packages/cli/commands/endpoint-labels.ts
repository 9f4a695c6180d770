import type { EndpointSearch, LabelEndpointsRequest } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { usageError } from '../cli-error.ts';
import type { Client } from '../client/index.ts';
import { plural } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { labelsOf } from './labels.ts';
import { type ConnectionOptions, examples, words } from './options.ts';
import { printJson } from './print.ts';
import { resolveEndpoints } from './resolve-endpoint.ts';

interface LabelOptions extends ConnectionOptions {
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
  readonly group?: readonly string[];
  readonly leaveGroup?: readonly string[];
  readonly site?: string;
  readonly timeZone?: string;
  readonly search?: string;
}

/** `thimble endpoints label`: what policies sort endpoints by, on one or on many at once. */
export function labelCommand(endpoints: Command, cli: Cli): void {
  const command = endpoints
    .command('label [endpoints...]')
    .description('sort endpoints: labels, groups, site, time zone; what is not named stays')
    .option('--set <key=value>', 'a label, or several', words)
    .option('--unset <keys>', 'take labels away', words)
    .option('--group <names>', 'put into groups', words)
    .option('--leave-group <names>', 'take out of groups', words)
    .option('--site <label>', 'where they stand; an empty text: not said')
    .option('--time-zone <zone>', 'in which their windows are, like Europe/Berlin; an empty text: the server’s')
    .option('--search <text>', 'all endpoints with this in their name or system, instead of names');
  examples(command, [
    ['thimble endpoints label web-1 web-2 --set role=web --group canary', 'two of them'],
    ['thimble endpoints label --search db- --set cluster=orders', 'all that are so called'],
    ['thimble endpoints label shop-7 --time-zone America/Chicago', 'its nights are there'],
  ]);
  command.action(async (names: readonly string[], _, given: Command) => {
    const options = given.optsWithGlobals<LabelOptions>();
    const change = changeOf(options);
    if (Object.keys(change).length === 0)
      throw usageError('nothing is to be changed', 'Like --set role=web --group canary');
    const client = connect(cli, options);
    const reply = await client.labelEndpoints({
      endpoints: await endpointsOf(client, names, options.search),
      ...change,
    });
    if (options.json === true) return printJson(cli.terminal, reply);
    cli.terminal.note(`${plural(reply.changed, 'endpoint')} of ${reply.named} changed.`);
  });
}

function changeOf({
  set,
  unset,
  group,
  leaveGroup,
  site,
  timeZone,
}: LabelOptions): Omit<LabelEndpointsRequest, 'endpoints'> {
  return {
    ...(set === undefined ? {} : { set: labelsOf(set) }),
    ...(unset === undefined ? {} : { unset: [...unset] }),
    ...(group === undefined ? {} : { addGroups: [...group] }),
    ...(leaveGroup === undefined ? {} : { removeGroups: [...leaveGroup] }),
    ...(site === undefined ? {} : { site }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

async function endpointsOf(
  client: Client,
  names: readonly string[],
  search: string | undefined,
): Promise<string[] | EndpointSearch> {
  if (search !== undefined && names.length === 0) return { search };
  if (search !== undefined || names.length === 0)
    throw usageError('it is not said which endpoints', 'Give names, or --search TEXT.');
  return (await resolveEndpoints(client, names)).map(({ id }) => id);
}
