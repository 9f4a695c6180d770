import { createHash } from 'node:crypto';
import { AgentError } from '../agent-error.ts';
import type { Disk } from './disk.ts';

/**
 * State files carry the digest of their own content in their first line, so that a torn, truncated or edited one is
 * recognised. It is then never read as if it were good: what the agent accepted and did is not to be guessed.
 */
const HEADER = /^thimble-state 1 ([a-z-]+) ([0-9a-f]{64})\n/;

export async function writeChecked(disk: Disk, name: string, kind: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  await disk.write(name, `thimble-state 1 ${kind} ${digest(text)}\n${text}\n`);
}

/**
 * @returns null when there is no such file.
 * @throws AgentError `state-damaged`
 */
export async function readChecked(disk: Disk, name: string, kind: string): Promise<unknown> {
  const bytes = await disk.read(name);
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  const header = HEADER.exec(text);
  if (header === null) throw damaged(name, 'its first line is not the header of a state file');
  const [line, foundKind, expected] = header;
  if (foundKind !== kind) throw damaged(name, `it holds ${foundKind}, not ${kind}`);
  const body = text.slice(line.length, -1);
  if (digest(body) !== expected || !text.endsWith('\n')) throw damaged(name, 'its content is not what was written');
  return JSON.parse(body);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function damaged(name: string, why: string): AgentError {
  return new AgentError(
    'state-damaged',
    'host',
    `the state file '${name}' is damaged: ${why}. What this endpoint accepted and did can't be known, so it takes no ` +
      `orders. Restore the file, or enrol the endpoint anew (thimble agent enroll --force)`,
  );
}
