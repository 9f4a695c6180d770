import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { ExportDestination } from '@thimble/protocol';
import { askable } from '@thimble/upstream';
import { syslogFrame } from './syslog-message.ts';

type SyslogDestination = Extract<ExportDestination, { kind: 'syslog' }>;

/** A receiver that gives no sign for so long is none. */
const SILENCE_MS = 15_000;
/** In TLS 1.3 a receiver refuses a client's certificate when the client thinks that all is well (RFC 8446 section 4.6.2). */
const SECOND_THOUGHTS_MS = 250;

/**
 * Sends messages over a connection of their own. Syslog knows no answers, so that this much says that they arrived: the receiver
 * stays as long as we send, and closes its side after we closed ours (RFC 5425 section 4.4).
 *
 * @param clientKey PEM, for the destination's client certificate
 * @throws Error why it is not known that the receiver has them all
 */
export async function sendSyslog(
  { host, port, authorities, clientCertificate }: SyslogDestination,
  clientKey: string | undefined,
  messages: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const socket = connect({
    ...askable(host),
    port,
    servername: host,
    minVersion: 'TLSv1.2',
    ...(authorities === null ? {} : { ca: authorities }),
    ...(clientCertificate === null || clientKey === undefined ? {} : { cert: clientCertificate, key: clientKey }),
  });
  const stop = (): void => void socket.destroy(new Error('the server stops'));
  signal.addEventListener('abort', stop, { once: true });
  socket.setTimeout(SILENCE_MS, () => {
    socket.destroy(new Error(`the receiver gave no sign for ${SILENCE_MS / 1000} s`));
  });
  try {
    const untilHungUp = hangUp(socket);
    const still = <Value>(step: Promise<Value>): Promise<Value> => Promise.race([step, untilHungUp]);
    await still(once(socket, 'secureConnect'));
    // A receiver may say something, which nobody needs; read, so that its end is seen.
    socket.resume();
    await still(sleep(SECOND_THOUGHTS_MS));
    for (const message of messages) if (!socket.write(syslogFrame(message))) await still(once(socket, 'drain'));
    await still(sleep(SECOND_THOUGHTS_MS));
    const closed = once(socket, 'end');
    socket.end();
    await closed;
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

/** Rejects when the receiver goes before we do, and never resolves. */
function hangUp(socket: TLSSocket): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  socket.once('error', reject);
  socket.once('end', () => reject(new Error('the receiver hung up before it had everything')));
  // Nobody may be waiting when it happens.
  promise.catch(() => undefined);
  return promise;
}
