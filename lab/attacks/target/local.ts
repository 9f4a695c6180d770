import { request } from 'node:http';
import { json } from 'node:stream/consumers';

/** A request over the server's own socket, as its administrator makes it. */
export function sendLocally<Reply>(socketPath: string, method: string, path: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path }, (reply) => {
      json(reply).then((value) => resolve(value as Reply), reject);
    });
    sent.once('error', reject);
    sent.end();
  });
}
