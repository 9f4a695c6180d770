import { ApprovedAction, type NarrowApprovalRequest } from '@thimble/protocol';
import type { Command } from 'commander';
import { Value } from 'typebox/value';
import { usageError } from '../../cli-error.ts';
import { wholeNumber } from '../options.ts';

export interface Narrowing {
  readonly actions?: string;
  readonly days?: number;
}

/** As long as a request asks for at most. */
const DAYS_AT_MOST = 14;
const DAY_MS = 86_400_000;
const ACTIONS: readonly ApprovedAction[] = ['trial', 'apply', 'rollback', 'restart-services', 'reboot'];

export function withNarrowing(command: Command): Command {
  return command
    .option('--actions <list>', `only these may be done, of ${ACTIONS.join(', ')}`)
    .option('--days <count>', 'only for so long from now on', wholeNumber(1, DAYS_AT_MOST));
}

/** @returns undefined: it stays as it is. @throws CliError for an action that there is not */
export function narrowingOf({ actions, days }: Narrowing, now: Date): NarrowApprovalRequest | undefined {
  if (actions === undefined && days === undefined) return undefined;
  return {
    ...(actions === undefined ? {} : { actions: actionsOf(actions) }),
    ...(days === undefined ? {} : { expiresAt: new Date(now.getTime() + days * DAY_MS).toISOString() }),
  };
}

function actionsOf(text: string): ApprovedAction[] {
  return [...new Set(text.split(',').map((name) => name.trim()))].map((name) => {
    if (Value.Check(ApprovedAction, name)) return name;
    throw usageError(`${JSON.stringify(name)} is no action of an approval`, `There are ${ACTIONS.join(', ')}.`);
  });
}
