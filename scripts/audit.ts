/**
 * Do the packages that Thimble is made of have known vulnerabilities? Asks Thimble's own matcher and the registry.
 *
 *     npm run audit [-- --offline] [--database FILE] [--mirror URL]
 *
 * Options are those of `thimble scan`. Ends with 1 when one is high or critical and not in scripts/audit/exceptions.json (a list of
 * { vulnerability, package, reason, until }), with 3 when nobody could be asked.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judge, type OwnFinding, readExceptions } from './audit/judge.ts';
import { askRegistry, askThimble } from './audit/sources.ts';

const root = join(import.meta.dirname, '..');
const lockFile = await readFile(join(root, 'package-lock.json'), 'utf8');
const exceptions = readExceptions(await readFile(join(import.meta.dirname, 'audit', 'exceptions.json'), 'utf8'));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const answers = [
  ['Thimble’s own matcher', await askThimble(lockFile, process.argv.slice(2))],
  ['the registry (npm audit)', await askRegistry()],
] as const;
for (const [name, answer] of answers)
  say(
    answer.kind === 'answered'
      ? `${name}: ${answer.findings.length} found`
      : `NOT ASKED: ${name}: ${answer.why.replaceAll(/\s+/g, ' ').slice(0, 300)}`,
  );

const findings = answers.flatMap(([, answer]) => (answer.kind === 'answered' ? answer.findings : []));
const { refused, excused, noted } = judge(findings, exceptions, new Date().toISOString().slice(0, 10));
const line = (finding: OwnFinding): string =>
  `${finding.severity}  ${finding.package} ${finding.version ?? ''}  ${finding.vulnerability}  (${finding.by})`;
for (const one of noted) say(`noted    ${line(one)}`);
for (const one of excused) say(`excused  ${line(one)}`);
for (const one of refused) say(`REFUSED  ${line(one)}`);
if (answers.every(([, answer]) => answer.kind === 'unanswered')) process.exitCode = 3;
else if (refused.length > 0) process.exitCode = 1;
