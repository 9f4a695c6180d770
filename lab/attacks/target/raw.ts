import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const DEADLINE_MS = 10_000;

/** Sends bytes as they are. @returns what came back until the server hung up, or nothing more came */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error('the server neither answered nor hung up')));
    socket.once('error', reject);
    text(socket).then(resolve, reject);
  });
}

/** Statuses of all answers in it. */
export function statusesOf(received: string): readonly number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}
