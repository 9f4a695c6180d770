import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { parseReply, type HttpReply } from './http-reply.ts';

/** One kept-alive TLS connection, one exchange at a time: as an agent has it. */
export class Connection {
  readonly #socket: TLSSocket;
  #pending: { resolve(reply: HttpReply): void; reject(error: Error): void } | undefined;
  #arrived: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  send(request: Buffer): Promise<HttpReply> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#pending !== undefined) return Promise.reject(new Error('one exchange at a time'));
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#arrived = this.#arrived.length === 0 ? chunk : Buffer.concat([this.#arrived, chunk]);
    try {
      const parsed = parseReply(this.#arrived);
      if (parsed === null) return;
      this.#arrived = this.#arrived.subarray(parsed.lengthBytes);
      const pending = this.#pending;
      this.#pending = undefined;
      pending?.resolve(parsed.reply);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#pending?.reject(error);
    this.#pending = undefined;
  }
}

/** The server's name is checked against its certificate, as an agent does. */
export async function openConnection(port: number, authority: string): Promise<Connection> {
  const socket = connect({ host: '127.0.0.1', port, ca: [authority], servername: 'localhost', minVersion: 'TLSv1.2' });
  await once(socket, 'secureConnect');
  return new Connection(socket);
}
