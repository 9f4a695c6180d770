import type { Socket } from 'node:net';

/**
 * One listener a socket, however many requests wait on it: with pipelining (apt sends ten) a response that has not got its turn yet
 * hears nothing of a connection that ends.
 */
const waiting = new WeakMap<Socket, Set<() => void>>();

/** @returns takes it back */
export function onSocketClose(socket: Socket, act: () => void): () => void {
  let acts = waiting.get(socket);
  if (acts === undefined) {
    const made = new Set<() => void>();
    waiting.set(socket, made);
    socket.once('close', () => {
      for (const each of made) each();
      made.clear();
    });
    acts = made;
  }
  const known = acts;
  known.add(act);
  return () => void known.delete(act);
}
