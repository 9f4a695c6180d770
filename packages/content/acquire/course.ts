import { ContentFault } from '../model/index.ts';
import type { HostHealth } from './host-health.ts';

export interface Course {
  /** Addresses to ask now, whose hosts are not left alone. */
  readonly ready: () => Iterable<URL>;
  readonly note: (url: URL, fault: ContentFault, again: boolean) => void;
  /** Until the next one may be asked again; null: none may. */
  readonly waitMs: () => number | null;
  readonly faults: () => readonly ContentFault[];
}

/** Which addresses are still worth asking, and what each did last. */
export function createCourse(urls: readonly URL[], health: Pick<HostHealth, 'waitMs'>): Course {
  let open = [...urls];
  const faults = new Map<string, ContentFault>();
  return {
    *ready() {
      for (const url of open) {
        const waitMs = health.waitMs(url.host);
        if (waitMs === 0) yield url;
        else if (!faults.has(url.href)) faults.set(url.href, leftAlone(url, waitMs));
      }
    },
    note: (url, fault, again) => {
      faults.set(url.href, fault);
      const others = open.filter((other) => other !== url);
      open = again ? [...others, url] : others;
    },
    waitMs: () => (open.length === 0 ? null : Math.min(...open.map((url) => health.waitMs(url.host)))),
    faults: () => [...faults.values()],
  };
}

function leftAlone(url: URL, waitMs: number): ContentFault {
  const seconds = Math.ceil(waitMs / 1000);
  return new ContentFault(
    'unreachable',
    `${url.host} failed before or asked for patience: it is asked again in ${seconds} s`,
  );
}
