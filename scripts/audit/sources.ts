import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownSbom } from '../own-sbom/own-sbom.ts';
import type { OwnFinding } from './judge.ts';

/** What a source says, or why it says nothing: that is no "nothing found". */
export type Answer =
  | { readonly kind: 'answered'; readonly findings: readonly OwnFinding[] }
  | { readonly kind: 'unanswered'; readonly why: string };

const ROOT = join(import.meta.dirname, '..', '..');
/** Advisories of npm are fetched anew at most once a day, and are many. */
const DEADLINE_MS = 10 * 60_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Thimble's own matcher over Thimble's own bill of materials.
 *
 * @param lockFile text of package-lock.json
 * @param options of `thimble scan`: where advisories are, and whether they may be fetched
 */
export async function askThimble(lockFile: string, options: readonly string[]): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'thimble-audit-'));
  try {
    const file = join(folder, 'thimble.cdx.json');
    await writeFile(file, ownSbom(lockFile, '0'));
    const main = join(ROOT, 'packages', 'cli', 'main.ts');
    const { code, stdout, stderr } = await run(process.execPath, [main, 'scan', file, '--json', ...options]);
    return code === 0 ? readScan(stdout) : { kind: 'unanswered', why: stderr.trim() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `npm audit`: the registry's own advisories, where it gives them. */
export async function askRegistry(folder = ROOT): Promise<Answer> {
  const { stdout } = await run('npm', ['audit', '--json', '--omit=dev'], folder);
  return readNpmAudit(stdout);
}

/** A package that could not be assessed, or a publisher that was never asked, is no "nothing found" either. */
export function readScan(stdout: string): Answer {
  const { findings, gaps } = JSON.parse(stdout) as {
    readonly findings: readonly {
      readonly vulnerability: string;
      readonly package: string;
      readonly version: string;
      readonly priority: { readonly severity: string };
    }[];
    readonly gaps: readonly unknown[];
  };
  const [gap] = gaps;
  if (gap !== undefined && findings.length === 0)
    return { kind: 'unanswered', why: `${gaps.length} gaps, such as ${JSON.stringify(gap)}` };
  return {
    kind: 'answered',
    findings: findings.map(({ vulnerability, package: name, version, priority }) => {
      return { by: 'thimble', vulnerability, package: name, version, severity: priority.severity };
    }),
  };
}

/** Its report of version 2: what is vulnerable, and by what; a name in `via` only leads to another entry. */
export function readNpmAudit(stdout: string): Answer {
  const report = parse(stdout);
  const { vulnerabilities, message } = report ?? {};
  if (vulnerabilities === undefined) return { kind: 'unanswered', why: message ?? 'npm audit printed no report' };
  const findings = Object.values(vulnerabilities).flatMap(({ name, via }) =>
    via.flatMap((cause): OwnFinding[] =>
      typeof cause === 'string'
        ? []
        : [
            {
              by: 'npm',
              vulnerability: cause.url?.split('/').at(-1) ?? cause.title ?? 'unnamed',
              package: name,
              version: null,
              severity: cause.severity ?? 'unknown',
            },
          ],
    ),
  );
  return { kind: 'answered', findings };
}

interface NpmReport {
  readonly message?: string;
  readonly vulnerabilities?: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly via: readonly (
          | string
          | { readonly url?: string; readonly title?: string; readonly severity?: string }
        )[];
      }
    >
  >;
}

function parse(text: string): NpmReport | undefined {
  try {
    return JSON.parse(text) as NpmReport;
  } catch {
    return undefined;
  }
}

function run(program: string, args: readonly string[], cwd = ROOT): Promise<Ran> {
  return new Promise((resolve) => {
    const limits = { cwd, timeout: DEADLINE_MS, maxBuffer: OUTPUT_LIMIT_BYTES };
    execFile(program, args, limits, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr: stderr === '' ? (error?.message ?? '') : stderr });
    });
  });
}
