import type { Decision, SeverityLevel } from '@thimble/advisories';
import { type Colour, type Column, plural, printable, renderTable, type Terminal } from '../../terminal/index.ts';
import { countedFindings, type ScanFinding, type ScanResult } from '../scan-result.ts';

const GAPS_SHOWN = 20;
const DECISIONS: Readonly<Record<Decision, string>> = {
  act: 'Act',
  attend: 'Attend',
  'track-star': 'Track*',
  track: 'Track',
};

/** For people: what to do something about, most pressing first, and what could not be assessed. */
export function printScanTable(terminal: Terminal, result: ScanResult, options: { readonly all: boolean }): void {
  const { colour } = terminal;
  const counted = countedFindings(result);
  const shown = options.all ? result.findings : counted;
  if (shown.length > 0)
    for (const line of renderTable(columns(colour), rowsOf(shown), terminal.width, colour.bold)) terminal.out(line);
  const notCounted = result.findings.length - counted.length;
  terminal.note(`${shown.length > 0 ? '\n' : ''}${summary(result, counted, colour)}`);
  if (notCounted > 0 && !options.all)
    terminal.note(
      `${plural(notCounted, 'finding')} not counted: unimportant to the vendor, or in kernels that do not run (--all shows them)`,
    );
  printGaps(terminal, result);
}

function summary(
  { subject, namespace, softwareCount, gaps }: ScanResult,
  counted: readonly ScanFinding[],
  colour: Colour,
): string {
  const where = `${printable(subject.name)}${namespace === null ? '' : `, ${namespace}`}: ${plural(softwareCount, 'package')}`;
  if (counted.length === 0)
    return `${where}, ${gaps.length === 0 ? colour.good('no known vulnerability') : colour.warning('no known vulnerability in what could be assessed')}`;
  const levels: readonly SeverityLevel[] = ['critical', 'high', 'medium', 'low', 'none', 'unknown'];
  const counts = levels
    .map((level) => ({ level, count: counted.filter(({ priority }) => priority.severity === level).length }))
    .filter(({ count }) => count > 0)
    .map(({ level, count }) => `${count} ${level}`);
  const exploited = counted.filter(({ kev }) => kev).length;
  const ids = new Set(counted.map(({ vulnerability }) => vulnerability)).size;
  const fixable = counted.filter(({ verdict }) => verdict.fix.state === 'fixed').length;
  return `${where}, ${plural(ids, 'vulnerability', 'vulnerabilities')} in ${plural(counted.length, 'finding')} (${counts.join(', ')}); ${
    exploited > 0 ? colour.bad(`${exploited} known to be exploited`) : 'none known to be exploited'
  }; ${fixable} with a fix`;
}

function printGaps(terminal: Terminal, { gaps }: ScanResult): void {
  if (gaps.length === 0) return;
  terminal.note(`\n${terminal.errColour.warning('Not assessed, so not known to be safe:')}`);
  for (const { what, why } of gaps.slice(0, GAPS_SHOWN)) terminal.note(`  ${printable(what)}: ${printable(why)}`);
  if (gaps.length > GAPS_SHOWN) terminal.note(`  and ${gaps.length - GAPS_SHOWN} more (--format json has them all)`);
}

/** A vulnerability of a source package is in all that was built of it: one row, since one update repairs them all. */
interface Row extends ScanFinding {
  readonly packages: readonly string[];
}

function rowsOf(findings: readonly ScanFinding[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const finding of findings) {
    const { software, vulnerability, verdict } = finding;
    const built = software.source ?? software;
    const key = [vulnerability, software.namespace, built.name, built.version, fixWords(verdict)].join('\n');
    const row = rows.get(key);
    rows.set(key, { ...(row ?? finding), packages: [...(row?.packages ?? []), software.name] });
  }
  return [...rows.values()];
}

function packageWords({ software, packages }: Row): string {
  if (packages.length === 1) return printable(software.name);
  return `${printable(software.source?.name ?? software.name)} (${plural(packages.length, 'package')})`;
}

function columns(colour: Colour): readonly Column<Row>[] {
  return [
    { title: 'VULNERABILITY', value: ({ vulnerability }) => printable(vulnerability) },
    { title: 'SEVERITY', value: ({ priority }) => painted(colour, priority.severity, priority.severity) },
    { title: 'RISK', value: ({ priority }) => String(Math.round(priority.score)), align: 'right' },
    { title: 'DO', value: ({ priority }) => DECISIONS[priority.decision] },
    { title: 'PACKAGE', value: packageWords, flexible: true, leastWidth: 12 },
    { title: 'INSTALLED', value: ({ software }) => printable(software.version), flexible: true, leastWidth: 10 },
    { title: 'FIXED IN', value: ({ verdict }) => fixWords(verdict), flexible: true, leastWidth: 10 },
    { title: 'CVSS', value: ({ cvss }) => cvss?.score.toFixed(1) ?? '-', align: 'right', dispensable: 2 },
    {
      title: 'EPSS',
      value: ({ epss }) => (epss === null ? '-' : `${(epss * 100).toFixed(1)}%`),
      align: 'right',
      dispensable: 3,
    },
    { title: 'EXPLOITED', value: ({ kev }) => (kev ? colour.bad('yes') : ''), dispensable: 1 },
    { title: 'WHERE', value: ({ locations }) => printable(locations.join(', ')), flexible: true, dispensable: 4 },
  ];
}

export function fixWords({ fix, fixChannel }: ScanFinding['verdict']): string {
  if (fix.state !== 'fixed') return `(${fix.state})`;
  return `${printable(fix.version ?? '')}${fixChannel === null ? '' : ` (${printable(fixChannel)})`}`;
}

function painted(colour: Colour, severity: SeverityLevel, text: string): string {
  if (severity === 'critical' || severity === 'high') return colour.bad(text);
  return severity === 'medium' ? colour.warning(text) : text;
}
