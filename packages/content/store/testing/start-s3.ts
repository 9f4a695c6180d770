import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface S3Service {
  readonly endpoint: string;
  readonly bucket: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly close: () => Promise<void>;
}

/** A service that speaks S3, on loopback, in a process of its own, with an empty bucket. */
export async function startS3(): Promise<S3Service> {
  const directory = mkdtempSync(join(tmpdir(), 'thimble-s3-'));
  const bucket = 'content';
  const program = fileURLToPath(import.meta.resolve('s3rver/bin/s3rver.js'));
  const place = ['--address', '127.0.0.1', '--port', '0', '--directory', directory, '--configure-bucket', bucket];
  // It encrypts its page tokens with DES, which OpenSSL has among its legacy algorithms only.
  const service = spawn(process.execPath, ['--openssl-legacy-provider', program, '--silent', ...place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(service.stdout)) {
    const port = /listening on .*:(\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    return {
      endpoint: `http://127.0.0.1:${port}`,
      bucket,
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
      close: async () => {
        const ended = once(service, 'exit');
        service.kill();
        await ended;
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
  throw new Error('s3rver has ended before it listened');
}
