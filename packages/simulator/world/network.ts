import type { Random } from '../random/random.ts';
import type { Faults } from './scenario/faults.ts';
import type { Timeline } from './timeline.ts';

/** How the server answers; `failed`: it has not, and nobody knows whether it did what it was asked. */
export type Answer<Reply> = { readonly kind: 'reply'; readonly reply: Reply } | { readonly kind: 'failed' };

/** A request may be lost, late, or arrive twice, and so may its answer. */
export interface Network {
  send<Reply>(
    heldMs: number,
    serve: (answer: (answer: Answer<Reply>) => void) => void,
    done: (answer: Answer<Reply>) => void,
  ): void;
}

/** After this an agent takes a request for lost; one that is held takes longer by as long as it is held. */
const TIMEOUT_MS = 60_000;

export function createNetwork(timeline: Timeline, random: Random, faults: () => Faults): Network {
  const delay = (): number => random.between(1, faults().delayMs);
  return {
    send(heldMs, serve, done) {
      const { lostMessage, duplicatedMessage } = faults();
      let open = true;
      const end = (answer: Parameters<typeof done>[0]): void => {
        if (open) done(answer);
        open = false;
      };
      timeline.in(heldMs + TIMEOUT_MS + 2 * faults().delayMs, () => end({ kind: 'failed' }));
      if (random.chance(lostMessage)) return;
      const deliver = (): void =>
        serve((answer) => {
          if (!random.chance(lostMessage)) timeline.in(delay(), () => end(answer));
        });
      timeline.in(delay(), deliver);
      if (random.chance(duplicatedMessage)) timeline.in(delay() + delay(), deliver);
    },
  };
}
