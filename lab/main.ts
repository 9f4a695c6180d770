import { once } from 'node:events';
import { attach } from './attach.ts';
import { pruneBases } from './base.ts';
import { labAvailability } from './availability.ts';
import { createLab } from './lab.ts';
import { startMirror } from './mirror/mirror.ts';
import { isAlive } from './owner.ts';
import type { BaseName } from './recipes.ts';
import { listLabs, sweepLabs } from './remains.ts';

const USAGE = `Real Debian endpoints on this machine. Needs root.
  up [COUNT] [BASE]           make and boot COUNT (3) endpoints of BASE (web, server, kernel, bullseye), until Ctrl-C
  list                        the labs on this machine
  exec LAB/NAME COMMAND...    run a command in an endpoint, with this terminal
  sweep                       remove what labs of dead processes left, and bases that no recipe makes any more`;

const SUITES = ['bookworm', 'bookworm-security', 'bookworm-updates'];

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function up(count: number, base: BaseName): Promise<number> {
  await using lab = await createLab({ tag: 'by hand', report: say });
  const suites = base === 'bullseye' ? ['bullseye', 'bullseye-security'] : SUITES;
  await using mirror = await startMirror({ host: lab.gateway, suites });
  for (let index = 1; index <= count; index += 1) {
    const endpoint = await lab.endpoint({ name: `${base}${index}`, base });
    await endpoint.useMirror(mirror, { suites });
    const verdict = await endpoint.boot();
    say(`${lab.network.number}/${endpoint.name}  ${endpoint.address}  ${verdict}  ${endpoint.rootPath}`);
  }
  say('Ctrl-C removes them.');
  const holding = setInterval(() => {}, 60_000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(holding);
  return 0;
}

function list(): number {
  for (const { number, tag, owner } of listLabs()) {
    process.stdout.write(`${number}  ${tag}  ${isAlive(owner) ? `pid ${owner.pid}` : 'its process is dead'}\n`);
  }
  return 0;
}

async function main(argv: readonly string[]): Promise<number> {
  const [verb, first, ...rest] = argv;
  const availability = labAvailability();
  if (!availability.available) throw new Error(availability.why);
  if (verb === 'up') return up(Number(first ?? 3), (rest[0] ?? 'web') as BaseName);
  if (verb === 'list') return list();
  if (verb === 'exec' && first !== undefined && rest.length > 0) {
    const [number, name = ''] = first.split('/');
    return attach(Number(number), name, rest);
  }
  if (verb === 'sweep') {
    const swept = await sweepLabs();
    const pruned = await pruneBases();
    process.stdout.write(`${swept.length} labs and ${pruned.length} bases removed\n`);
    return 0;
  }
  process.stdout.write(`${USAGE}\n`);
  return verb === undefined ? 0 : 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
