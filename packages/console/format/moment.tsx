import { useEffect, useState } from 'react';
import { formatAgo, formatMoment } from './time.ts';

const TICK_MS = 30_000;

/** The time now, renewed often enough for 'minutes ago'. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** How long ago; the exact moment is in the tooltip and for machines. */
export function Ago({ at, fallback = 'never' }: { at: string | null; fallback?: string }) {
  const now = useNow();
  if (at === null) return <span>{fallback}</span>;
  return (
    <time dateTime={at} title={formatMoment(at)} suppressHydrationWarning>
      {formatAgo(at, now)}
    </time>
  );
}
