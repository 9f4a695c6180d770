/** What the server says besides its orders: those that shall end, and by leaving them out, those that it has withdrawn. */
export interface Listing {
  readonly orderCount: number;
  readonly cancellations: readonly string[];
}

/** @returns all orders that are known to be cancelled, and whether one of them was not known before. */
export function heedCancellations(
  cancelled: ReadonlySet<string>,
  { cancellations }: Pick<Listing, 'cancellations'>,
): { readonly cancelled: ReadonlySet<string>; readonly news: boolean } {
  if (cancellations.every((orderId) => cancelled.has(orderId))) return { cancelled, news: false };
  return { cancelled: new Set([...cancelled, ...cancellations]), news: true };
}

/** Without those that the server lists no more, of orders that are not here: nobody will ask for them again. */
export function forgetCancellations(
  cancelled: ReadonlySet<string>,
  { orderCount, cancellations }: Listing,
  activeOrderId: string | null,
): ReadonlySet<string> {
  // While orders are listed, one of them may still be about to begin.
  if (orderCount > 0) return cancelled;
  return new Set([...cancelled].filter((orderId) => orderId === activeOrderId || cancellations.includes(orderId)));
}
