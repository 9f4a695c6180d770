import { describe, expect, it } from 'vitest';
import { parseEventStream } from './live-events.ts';

const run = '0192f3a0-0000-7000-8000-000000000001';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function eventsOf(...texts: readonly string[]): Promise<unknown[]> {
  return await Array.fromAsync(parseEventStream(chunks(...texts)));
}

describe('the stream of events', () => {
  it('gives each event, wherever the bytes are cut', async () => {
    const text = `event: run-changed\nid: 7\ndata: {"kind":"run-changed","runId":"${run}"}\n\n: still here\n\ndata:{"kind":"resync"}\r\n\r\n`;
    const whole = [{ kind: 'run-changed', runId: run }, { kind: 'resync' }];
    expect(await eventsOf(text)).toEqual(whole);
    expect(await eventsOf(...text)).toEqual(whole);
  });

  it('skips what a newer server may say, and what is no event at all', async () => {
    expect(await eventsOf('data: {"kind":"weather"}\n\n', 'data: not json\n\n', 'data: {"kind":"resync"}\n\n')).toEqual(
      [{ kind: 'resync' }],
    );
  });

  it('does not take an event that was cut off', async () => {
    expect(await eventsOf('data: {"kind":"resync"}\n')).toEqual([]);
  });

  it('ends a line that never ends', async () => {
    await expect(eventsOf(`data: ${'x'.repeat(2 * 1024 * 1024)}`)).rejects.toMatchObject({ code: 'reply-too-large' });
  });
});
