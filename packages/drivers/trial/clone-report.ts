import type { Gap } from '@thimble/protocol';

export type CloneLimit = 'time' | 'disk' | 'memory';

export interface StepResult {
  /** Exit status, as a shell gives it; null: it was killed, by its deadline or by somebody. */
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** Standard output and errors together, cut; empty for a step that is `loud`. */
  readonly output: string;
}

/** What the script in the clone said. */
export interface CloneReport {
  /** Why no clone could be made; null: none such was said. */
  readonly impossible: string | null;
  /** The clone was there, and steps began. */
  readonly made: boolean;
  /** Those that ended, in their order. */
  readonly steps: readonly StepResult[];
  readonly limit: CloneLimit | null;
  readonly diskBytes: number;
  readonly gaps: readonly Gap[];
  /** Programs that were asked for and did nothing. */
  readonly stoodIn: readonly string[];
  /** It came to its end: nobody killed it. */
  readonly ended: boolean;
}

const WORDS_MAX = 100;

/** Reads the lines "trial …" of the status file; others are of the steps. What can't be read counts as not said. */
export function parseCloneReport(text: string): CloneReport {
  const lines = text.split('\n').flatMap((line) => (line.startsWith('trial ') ? [line.split(' ').slice(1)] : []));
  const all = (kind: string) => lines.filter(([first]) => first === kind).map((words) => words.slice(1));
  const limit = all('limit')[0]?.[0];
  return {
    impossible: all('impossible').map(([why]) => decoded(why))[0] ?? null,
    made: all('clone').length > 0,
    steps: all('step').map(([code, durationMs, output]) => ({
      exitCode: code !== undefined && /^\d{1,3}$/.test(code) ? Number(code) : null,
      durationMs: count(durationMs),
      output: decoded(output),
    })),
    limit: limit === 'time' || limit === 'disk' || limit === 'memory' ? limit : null,
    diskBytes: count(all('disk')[0]?.[0]),
    gaps: all('gap')
      .slice(0, WORDS_MAX)
      .map(([what, why]) => ({ what: decoded(what).slice(0, 512), why: decoded(why).slice(0, 2_000) })),
    stoodIn: all('stood-in')
      .slice(0, WORDS_MAX)
      .flatMap(([program]) => (program === undefined ? [] : [program])),
    ended: all('end').length > 0,
  };
}

function decoded(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString('utf8');
}

function count(word: string | undefined): number {
  return word !== undefined && /^\d{1,15}$/.test(word) ? Number(word) : 0;
}
