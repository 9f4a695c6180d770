import { openFolderStore } from '../../../store/index.ts';
import { createAcquirer } from '../../acquirer.ts';

/**
 * A program that acquires one file: `node acquire-one.ts DIRECTORY URL SHA256 SIZE BYTES_PER_SECOND`. It says `received N` while it does,
 * and `stored DIGEST` in the end.
 */
const [directory = '', url = '', sha256 = '', size = '', pace = ''] = process.argv.slice(2);
const acquirer = await createAcquirer(
  {
    userAgent: 'Thimble/test',
    proxy: null,
    bandwidthBytesPerSecond: Number(pace),
    perHost: 4,
    reserveBytes: 0,
    isConfigured: ({ hostname }) => hostname === '127.0.0.1',
    now: () => new Date(),
  },
  await openFolderStore(directory),
);
const check = { kind: 'sha256', sha256, sizeBytes: Number(size) } as const;
const { done } = await acquirer.acquire({ urls: [new URL(url)], name: 'the file', check });
const telling = setInterval(() => {
  const [transfer] = acquirer.transfers();
  if (transfer !== undefined) process.stdout.write(`received ${transfer.receivedBytes}\n`);
}, 2);
const stored = await done;
clearInterval(telling);
process.stdout.write(`stored ${stored.sha256}\n`);
await acquirer.close();
