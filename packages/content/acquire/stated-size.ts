import type { Upstreams } from './upstreams.ts';

/**
 * What an upstream says of a file's size, by asking for its first byte: HEAD is refused where addresses are signed for GET.
 *
 * @throws ContentFault; the signal's reason
 */
export async function statedSize(
  { url, name }: { readonly url: URL; readonly name: string },
  signal: AbortSignal,
  upstreams: Upstreams,
): Promise<number | null> {
  upstreams.allowed(name, [url]);
  const opened = await upstreams.turns(url.host, () => upstreams.open(url, { range: 'bytes=0-0' }, signal), signal);
  // Only an empty file has no first byte.
  if (opened.kind === 'no-such-range') return 0;
  if (opened.kind !== 'answer') throw opened.fault;
  const { response, status } = opened;
  response.destroy();
  const stated =
    status === 200
      ? response.headers['content-length']
      : /^bytes 0-\d{1,15}\/(\d{1,15})$/.exec(response.headers['content-range'] ?? '')?.[1];
  return stated === undefined || !/^\d{1,15}$/.test(stated) ? null : Number(stated);
}
