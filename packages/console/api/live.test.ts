import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { keys } from './keys.ts';
import { createLiveFeed } from './live.ts';

/** As much of a browser's EventSource as the feed uses. */
class FakeSource {
  static readonly CLOSED = 2;
  static last: FakeSource;
  readyState = 1;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  readonly #listeners = new Map<string, (message: { data: string }) => void>();
  constructor() {
    FakeSource.last = this;
  }
  addEventListener(kind: string, listener: (message: { data: string }) => void): void {
    this.#listeners.set(kind, listener);
  }
  say(event: { kind: string }): void {
    this.#listeners.get(event.kind)?.({ data: JSON.stringify(event) });
  }
  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('live events', () => {
  test('a change that is told while a page asks for the first time is asked for once more', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    const client = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000, retry: false } } });
    const feed = createLiveFeed(client, () => 0);
    feed.start();
    FakeSource.last.onopen();
    const answers: ((value: string) => void)[] = [];
    const observer = new QueryObserver(client, {
      queryKey: keys.run('1'),
      queryFn: () => new Promise<string>((resolve) => answers.push(resolve)),
    });
    const unsubscribe = observer.subscribe(() => undefined);
    FakeSource.last.say({ kind: 'run-changed', runId: '1' } as { kind: string });
    await vi.advanceTimersByTimeAsync(1500);
    answers[0]?.('before the change');
    await vi.advanceTimersByTimeAsync(1500);
    answers[1]?.('after the change');
    await vi.advanceTimersByTimeAsync(10);
    expect(observer.getCurrentResult().data).toBe('after the change');
    expect(answers).toHaveLength(2);
    unsubscribe();
    feed.stop();
    client.clear();
  });

  test('what was fetched before the stream was open is fetched again', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    const client = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000, retry: false } } });
    let asked = 0;
    const observer = new QueryObserver(client, { queryKey: keys.runs, queryFn: () => Promise.resolve((asked += 1)) });
    const unsubscribe = observer.subscribe(() => undefined);
    await vi.advanceTimersByTimeAsync(10);
    const feed = createLiveFeed(client, () => 0);
    feed.start();
    FakeSource.last.onopen();
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toBe(2);
    unsubscribe();
    feed.stop();
    client.clear();
  });
});
