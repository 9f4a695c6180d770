import type { EndpointState } from '@thimble/protocol';
import type { Terminal } from '../terminal/index.ts';

export function paintState(terminal: Terminal, state: EndpointState): string {
  const { colour } = terminal;
  switch (state) {
    case 'current':
      return colour.good(state);
    case 'exposed':
    case 'failed':
      return colour.bad(state);
    case 'pending':
    case 'waits':
    case 'stale':
      return colour.warning(state);
    case 'patching':
      return colour.accent(state);
    case 'unknown':
      return colour.dim(state);
  }
}
