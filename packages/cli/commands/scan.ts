import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { withAdvisories } from '../scan/advisories-at-hand.ts';
import { assessSeen } from '../scan/assess-seen.ts';
import { FAIL_ON, type FailOn, failsOn } from '../scan/fail-on.ts';
import { scanJson } from '../scan/formats/json.ts';
import { scanSarif } from '../scan/formats/sarif.ts';
import { printScanTable } from '../scan/formats/table.ts';
import { FILE_KINDS, type FileKind } from '../scan/look/look-at-file.ts';
import { look } from '../scan/look/look.ts';
import { softwareOfSeen } from '../scan/software-of-seen.ts';
import type { ScanResult } from '../scan/scan-result.ts';
import { VERSION } from '../version.ts';
import { examples } from './options.ts';

const FORMATS = ['table', 'json', 'sarif', 'cyclonedx'] as const;

export interface ScanOptions {
  readonly format: (typeof FORMATS)[number];
  readonly json?: boolean;
  readonly as?: FileKind;
  readonly os?: string;
  readonly osRelease?: string;
  readonly languages: boolean;
  readonly database?: string;
  readonly offline?: boolean;
  readonly mirror?: string;
  readonly failOn?: FailOn;
  readonly strict?: boolean;
  readonly all?: boolean;
}

export function scanCommand(program: Command, cli: Cli): void {
  const command = program
    .command('scan')
    .argument(
      '[target]',
      'a folder, an extracted root, a bill of materials or a package database; this machine unless told',
    )
    .description(
      'Which vulnerabilities does software have? Looks at this machine, a folder of sources, the root of an image, a bill of ' +
        'materials (CycloneDX, SPDX), or a database of dpkg, apk or rpm. Nothing is changed, nothing is sent anywhere.',
    )
    .addOption(new Option('--format <format>', 'how the result is printed').choices(FORMATS).default('table'))
    .option('--json', 'the same as --format json')
    .addOption(new Option('--as <kind>', 'what kind of file it is, should it not be clear').choices(FILE_KINDS))
    .option('--os <id:version>', 'whose packages a database holds: debian:12, almalinux:9, alpine:3.19')
    .option('--os-release <file>', 'the same, from the system’s /etc/os-release')
    .option('--no-languages', 'only the operating system’s packages; no search for lock files and installed modules')
    .option('--database <file>', 'the advisory database (see thimble feeds)')
    .option('--offline', 'never fetch advisories; use what is there, and say how old it is')
    .option('--mirror <url>', 'fetch advisories from a mirror (thimble feeds serve) instead of their publishers')
    .addOption(
      new Option('--fail-on <what>', `exit with ${EXIT.found} when there is one like this or worse`).choices(FAIL_ON),
    )
    .option('--strict', `exit with ${EXIT.gaps} when something could not be assessed`)
    .option('--all', 'also what the vendor calls unimportant, and kernels that do not run');
  examples(command, [
    ['thimble scan', 'this machine'],
    ['thimble scan --offline --fail-on kev .', 'a project in CI: fails when something exploited is in it'],
    ['thimble scan --format sarif . > thimble.sarif', 'for code hosts'],
    ['thimble scan bom.cdx.json', 'a bill of materials'],
    ['thimble scan --os debian:12 ./status', 'a dpkg status file from elsewhere'],
    ['thimble scan /mnt/image', 'the extracted root of an image'],
  ]);
  command.action(async (target: string | undefined, options: ScanOptions) => {
    const result = await scan(cli, target, options);
    await print(cli, result, options);
    if (options.failOn !== undefined && failsOn(result, options.failOn)) cli.exitWith(EXIT.found);
    else if (options.strict === true && result.gaps.length > 0) cli.exitWith(EXIT.gaps);
  });
}

async function scan(cli: Cli, target: string | undefined, options: ScanOptions): Promise<ScanResult> {
  const seen = await look(cli, {
    target,
    kind: options.as,
    os: options.os,
    osRelease: options.osRelease,
    // All folders of this machine are read only when asked to by naming `/`.
    languages: options.languages && target !== undefined,
  });
  const namespaces = new Set(softwareOfSeen(seen).software.map(({ software }) => software.namespace));
  return withAdvisories(cli, options, namespaces, (advisories) => assessSeen(seen, advisories, cli.now()));
}

async function print(cli: Cli, result: ScanResult, options: ScanOptions): Promise<void> {
  const { terminal } = cli;
  const tool = { version: VERSION };
  const document = (value: unknown) => terminal.outRaw(`${JSON.stringify(value, null, 2)}\n`);
  switch (options.json === true ? 'json' : options.format) {
    case 'table':
      return printScanTable(terminal, result, { all: options.all === true });
    case 'json':
      return document(scanJson(result, tool));
    case 'sarif':
      return document(scanSarif(result, tool));
    case 'cyclonedx':
      // Its library is large, and needed for nothing else.
      return terminal.outRaw((await import('../scan/formats/cyclonedx.ts')).scanCycloneDx(result, tool, randomUUID()));
  }
}
