import { execFile } from 'node:child_process';

export interface CommandResult {
  /** Exit status; undefined when it did not start, was killed or took too long. */
  readonly status: number | undefined;
  readonly output: string;
}

const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Runs a program to its end from the root directory, with a plain environment. Never throws. */
export function runCommand(argv: readonly string[], deadlineMs: number): Promise<CommandResult> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve) => {
    execFile(
      program,
      rest,
      { cwd: '/', env: plainEnvironment(), timeout: deadlineMs, maxBuffer: OUTPUT_LIMIT_BYTES, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`.trim();
        if (error === null) resolve({ status: 0, output });
        else if (typeof error.code === 'number') resolve({ status: error.code, output });
        else resolve({ status: undefined, output: output || error.message });
      },
    );
  });
}

/** Nothing of the caller's environment: PGOPTIONS, PGDATA or a locale must not change how the server behaves. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
