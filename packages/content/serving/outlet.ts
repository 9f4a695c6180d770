import type { ServerResponse } from 'node:http';
import { onSocketClose } from './socket-close.ts';

/**
 * A client takes a piece within this time, or is hung up on: it would hold memory and a file for as long as it likes. A piece of ours in
 * this time is some 2 KB/s.
 */
const STALL_LIMIT_MS = 60_000;

/** A body on its way to a client, piece by piece, never faster than the client takes it. */
export class Outlet {
  readonly #response: ServerResponse;
  readonly #forget: () => void;
  #gone = false;
  #wake: (() => void) | undefined;
  #onGone: (() => void) | undefined;
  /** Taken by the kernel, by whole pieces. */
  sentBytes = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
    const { socket } = response.req;
    this.#gone = socket.destroyed;
    this.#forget = onSocketClose(socket, () => {
      this.#gone = true;
      this.#wake?.();
      this.#onGone?.();
    });
  }

  /** What to end when the client goes while nothing is being written. */
  onGone(act: () => void): void {
    this.#onGone = act;
    if (this.#gone) act();
  }

  /** The client has gone, or was hung up on. */
  get gone(): boolean {
    return this.#gone;
  }

  /** @returns when the kernel has the piece, so that its memory may be used again; false: the client has gone, and it may not. */
  write(piece: Uint8Array): Promise<boolean> {
    if (this.#gone) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.#response.req.socket.destroy(), STALL_LIMIT_MS);
    const settle = (sent: boolean): void => {
      clearTimeout(timer);
      this.#wake = undefined;
      resolve(sent);
    };
    this.#wake = () => settle(false);
    this.#response.write(piece, (error) => {
      // A destroyed socket may report its last write as done.
      const sent = (error === undefined || error === null) && !this.#gone && !this.#response.req.socket.destroyed;
      if (sent) this.sentBytes += piece.length;
      settle(sent);
    });
    return promise;
  }

  /** All is there. */
  end(): void {
    this.#forget();
    if (!this.#gone) this.#response.end();
  }

  /** Something is missing: the client must not take what it has for the whole. */
  break(): void {
    this.#forget();
    this.#gone = true;
    this.#response.req.socket.destroy();
  }
}
