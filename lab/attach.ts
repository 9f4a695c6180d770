import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { joining, labCgroup, makeCgroup, pidsOf } from './cgroup.ts';
import { LabError } from './lab-error.ts';
import { isPid1 } from './machine.ts';

/**
 * Runs argv with our own terminal in an endpoint of any running lab, whoever owns it. Gives its exit code.
 * Throws LabError `endpoint-state` if there is no such endpoint or it is off.
 */
export async function attach(number: number, name: string, argv: readonly string[]): Promise<number> {
  const group = `${labCgroup(number)}/${name}`;
  const pid1 = pidsOf(`${group}/machine`).find((pid) => isPid1(pid));
  if (pid1 === undefined) throw new LabError('endpoint-state', `lab ${number} has no running '${name}'`);
  const enter = ['nsenter', '-t', String(pid1), '-m', '-p', '-i', '-u', '-n', '-C', '-r', '-w', '--'];
  const [file = '', ...rest] = joining(makeCgroup(`${group}/attached`), [...enter, ...argv]);
  const child = spawn(file, rest, { stdio: 'inherit', env: { HOME: '/root', PATH: PATH_INSIDE, TERM: 'linux' } });
  await once(child, 'exit');
  return child.exitCode ?? 1;
}

const PATH_INSIDE = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
