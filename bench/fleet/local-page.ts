import { request } from 'node:http';
import { API } from '@thimble/protocol';

/** What a page of the console asks for, read to its end, as the local operator. @throws Error for anything but 200. */
export async function readPage(socketPath: string, path: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asked = request({ socketPath, path: API + path, host: 'localhost' }, (reply) => {
    const chunks: Buffer[] = [];
    reply.on('data', (chunk: Buffer) => chunks.push(chunk));
    reply.on('error', reject);
    reply.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      if (reply.statusCode === 200) resolve(text);
      else reject(new Error(`${path} was answered with ${String(reply.statusCode)}: ${text.slice(0, 300)}`));
    });
  });
  asked.on('error', reject);
  asked.end();
  return JSON.parse(await promise) as unknown;
}
