import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

/** A sender that is silent for so long has gone. */
const SILENCE_MS = 60_000;

const unhurried = new WeakSet<Duplex>();

/**
 * Lets a body take as long as it needs, as long as it goes on coming: files of many gigabytes over slow lines. The server's own time-out
 * is for a request as a whole, and knows no exceptions.
 */
export function unhurry({ socket }: IncomingMessage, silenceMs = SILENCE_MS): void {
  unhurried.add(socket);
  // When the reply is sent the server sets its own again.
  socket.setTimeout(silenceMs);
}

/**
 * Refuses what clients do wrong as Node.js does by itself, but for a time-out of a connection that may take its time.
 *
 * @param refused hears of what is no request, with the parser's code: no route ever sees it, and so no other log does
 */
export function heedUnhurried(server: Server, refused: (code: string, status: number) => void = () => undefined): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && unhurried.has(socket)) return;
    const status = statusOf(error);
    // A connection that was cut off says nothing about its sender.
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE')
      refused(error.code ?? 'unknown', Number.parseInt(status, 10));
    if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    socket.destroy(error);
  });
}

function statusOf({ code }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return '413 Payload Too Large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout';
    default:
      return '400 Bad Request';
  }
}
