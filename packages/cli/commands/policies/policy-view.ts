import type { PolicyClient, PolicyDetail, PolicyEffect, PolicyProblem } from '@thimble/protocol';
import type { Cli } from '../../cli.ts';
import { formatAgo, listing, plural, printable, type Terminal } from '../../terminal/index.ts';
import { printFacts } from '../print.ts';
import { originInWords } from './origin-in-words.ts';

const MOST_NAMES = 8;

export function showPolicy(cli: Cli, { summary, text, warnings, effect, clients }: PolicyDetail): void {
  const { terminal } = cli;
  const nowMs = cli.now().getTime();
  const windows = summary.windowsInWords.length === 0 ? 'any time' : summary.windowsInWords.join('; ');
  printFacts(terminal, [
    ['Policy', `${printable(summary.name)} (version ${summary.version}, priority ${summary.priority})`],
    ...(originInWords(summary) === '' ? [] : [['Whose', printable(originInWords(summary))] as const]),
    ['State', summary.enabled ? 'enabled' : 'off: nothing follows it'],
    ['Changed', printable(`${formatAgo(summary.changedAt, nowMs)} by ${summary.changedBy}`)],
    ['Windows', printable(windows)],
    ['Starts', summary.nextStartAt === null ? 'when somebody starts it' : formatAgo(summary.nextStartAt, nowMs)],
    [
      'Under way',
      summary.activeRollout === null
        ? 'nothing'
        : printable(`${summary.activeRollout.name} (${summary.activeRollout.state})`),
    ],
  ]);
  for (const client of clients ?? []) showClient(terminal, client);
  terminal.out('');
  showEffect(terminal, effect, nowMs);
  terminal.out('');
  terminal.out(text.trimEnd());
  showProblems(terminal, '', [], warnings);
}

function showClient({ out, colour }: Terminal, { name, state, doubts }: PolicyClient): void {
  out(printable(`client ${name}: ${state === 'in-force' ? 'in force' : 'overridden by a policy of its own'}`));
  for (const doubt of doubts) out(colour.warning(printable(`  ${doubt}: nothing begins there`)));
}

/** What a policy means for the fleet as it is. */
export function showEffect(terminal: Terminal, effect: PolicyEffect, nowMs: number): void {
  for (const { name, endpointCount, first } of effect.rings) {
    const names = first.map(({ hostname }) => hostname);
    terminal.out(
      printable(
        `ring ${name}: ${plural(endpointCount, 'endpoint')}${endpointCount === 0 ? '' : ` (${cut(names, endpointCount)})`}`,
      ),
    );
  }
  if (effect.ringless > 0)
    terminal.out(terminal.colour.warning(`${plural(effect.ringless, 'endpoint')} in its scope and in no ring`));
  if (effect.overruled > 0)
    terminal.out(`${plural(effect.overruled, 'endpoint')} in its scope, but following another policy`);
  const deadline =
    effect.soonestDeadline === null ? '' : `, the first is due ${formatAgo(effect.soonestDeadline, nowMs)}`;
  terminal.out(`It would take ${plural(effect.updateCount, 'update')} now${deadline}.`);
  for (const { window, timeZone, startsAt, endsAt } of effect.nextWindows)
    terminal.out(printable(`window ${window}: ${startsAt} to ${endsAt} (${timeZone}), ${formatAgo(startsAt, nowMs)}`));
}

/**
 * Problems as compilers print them: `file:line:column: what`, then what to do.
 *
 * @param file as the person named it; empty: there is none
 */
export function showProblems(
  { note, errColour }: Terminal,
  file: string,
  problems: readonly PolicyProblem[],
  warnings: readonly PolicyProblem[],
): void {
  const say = (problem: PolicyProblem, kind: string): void => {
    const { line, column, path, message, hint } = problem;
    const at = line === null ? '' : `:${line}${column === null ? '' : `:${column}`}`;
    const where = `${file}${at}` === '' ? '' : `${file}${at}: `;
    note(`${printable(where)}${kind}${path === '' ? '' : ` ${printable(path)}`}: ${printable(message)}`);
    if (hint !== null) note(`  ${printable(hint)}`);
  };
  for (const problem of problems) say(problem, errColour.bad('error'));
  for (const warning of warnings) say(warning, errColour.warning('warning'));
}

function cut(names: readonly string[], total: number): string {
  const shown = names.slice(0, MOST_NAMES);
  return total > shown.length ? `${shown.join(', ')} …` : listing(shown);
}
