import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line between a relay and its server: bytes go both ways until it is cut. */
export interface Link {
  readonly port: number;
  cut(): Promise<void>;
  /** On the port it had before. */
  mend(): Promise<void>;
}

/** @param to a port of this machine */
export async function startLink(to: number): Promise<Link> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    mend: () => (server.listening ? Promise.resolve() : listen(port)),
    async cut() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
