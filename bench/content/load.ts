import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { PeerPrograms } from './peer-programs.ts';
import { LOAD_PROCESSOR, pinned } from './processors.ts';

const execute = promisify(execFile);

export interface Load {
  readonly requestsPerSecond: number;
  readonly megabytesPerSecond: number;
}

/** Writes its requests once and sends them in turn, so that writing them costs nothing while it measures. */
const SCRIPT = `local requests, count, next = {}, 0, 0
function init(args)
  for path in io.lines(args[2]) do requests[count] = wrk.format("GET", args[1] .. path) count = count + 1 end
end
function request() next = (next + 1) % count return requests[next] end
function done(summary)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.bytes, summary.duration, e.status, e.connect + e.read + e.write))
end
`;

export const CLIENTS = 32;
/** apt-cacher-ng hangs up now and then where it said that it would not; clients ask again. */
const BROKEN_SHARE = 0.01;

/** Asks for files in turn, by 32 clients that keep their connections. @throws when requests are refused: a figure of errors is none */
export async function loadWith(
  programs: PeerPrograms,
  folder: string,
  base: string,
  paths: readonly string[],
  ticket: string,
  seconds: number,
): Promise<Load> {
  const url = new URL(base);
  await writeFile(`${folder}/requests.lua`, SCRIPT);
  await writeFile(`${folder}/paths`, paths.join('\n'));
  const how = ['-t1', `-c${CLIENTS}`, `-d${seconds}`, '--timeout', '60', '-H', `Authorization: Bearer ${ticket}`];
  const script = [
    '-s',
    `${folder}/requests.lua`,
    url.origin,
    '--',
    `${url.pathname.replace(/\/$/, '')}/`,
    `${folder}/paths`,
  ];
  const [command = '', ...words] = pinned(LOAD_PROCESSOR, [programs.wrk, ...how, ...script]);
  const { stdout } = await execute(command, words, { env: { PATH: process.env['PATH'], ...programs.env } });
  const [, requests, bytes, microseconds, refused, broken] =
    /^RESULT (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(stdout) ?? [];
  if (refused !== '0' || Number(broken) > Number(requests) * BROKEN_SHARE)
    throw new Error(`requests to ${base} failed:\n${stdout}`);
  const took = Number(microseconds) / 1e6;
  return { requestsPerSecond: Number(requests) / took, megabytesPerSecond: Number(bytes) / 1e6 / took };
}
