import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TestCertificate } from '@thimble/agent/testing';

/** What lies between an endpoint and its server; whoever owns it may answer in the server's place. */
export interface Network {
  /** The server's address as endpoints know it. */
  readonly url: string;
  /** From now on this certificate answers, with whatever an attacker says; undefined: the server again. */
  readonly hijack: (certificate: TestCertificate | 'plain' | undefined) => void;
  /** Requests that were read by the attacker. */
  readonly overheard: () => number;
  readonly close: () => Promise<void>;
}

export async function startNetwork(serverPort: number): Promise<Network> {
  let overheard = 0;
  let hijacker: HttpsServer | 'plain' | undefined;
  const sockets = new Set<Socket>();
  const network: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    if (hijacker === 'plain') return void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    if (hijacker !== undefined) return void hijacker.emit('connection', socket);
    const onward = connect(serverPort, '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => network.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(network.address() as AddressInfo).port}`,
    hijack: (certificate) => {
      hijacker =
        certificate === undefined || certificate === 'plain'
          ? certificate
          : createHttpsServer({ key: certificate.keyPem, cert: certificate.certificatePem }, (_request, response) => {
              overheard += 1;
              response.end('{}');
            });
    },
    overheard: () => overheard,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        network.close(() => resolve());
      }),
  };
}
