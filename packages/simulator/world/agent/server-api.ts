import type { Order, Outcome } from '@thimble/protocol';
import type { Answer } from '../network.ts';

/** What an agent can ask a server. `answer` is called once, or never: then the server ended before. */
export interface ServerApi {
  checkIn(endpointId: string, body: CheckInBody, answer: (answer: Answer<CheckInReply>) => void): void;
  orders(endpointId: string, holdMs: number, answer: (answer: Answer<OrdersReply>) => void): void;
  outcome(endpointId: string, outcome: Outcome, answer: (answer: Answer<OutcomeReply>) => void): void;
  /** The order is past its point of no return. */
  progress(endpointId: string, orderId: string): void;
}

export interface CheckInBody {
  /** Newest that was decided on. */
  readonly generation: number;
  readonly activeOrders: readonly string[];
}

export interface CheckInReply {
  readonly intervalMs: number;
  readonly serverTimeMs: number;
}

/** Orders as they were signed: what an envelope holds. */
export interface OrdersReply {
  readonly orders: readonly Order[];
  readonly cancellations: readonly string[];
  readonly serverTimeMs: number;
}

/** `kept`: it stays at what was recorded before, or knows no such order. */
export type OutcomeReply = { readonly said: 'recorded' | 'kept' };
