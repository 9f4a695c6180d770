import { useLayoutEffect, useState, type RefObject } from 'react';

/**
 * How many columns are in sight: style sheets hide some by the table's width, and a cell that spans more than there are would
 * make empty ones. `most` until it was measured.
 */
export function useShownColumns(body: RefObject<HTMLElement | null>, most: number): number {
  const [shown, setShown] = useState(most);
  useLayoutEffect(() => {
    const table = body.current?.closest('table');
    if (table === null || table === undefined) return undefined;
    const measure = (): void => {
      const heads = [...table.querySelectorAll('thead th')];
      setShown(heads.filter((head) => head.getClientRects().length > 0).length);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(table);
    return () => observer.disconnect();
  }, [body, most]);
  return Math.min(shown, most);
}
