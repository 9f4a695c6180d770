import { orderVersions } from '../../index.ts';
import type { Pair } from '../pairs.ts';
import type { Sign, Tool } from './tool.ts';

/** What Thimble says of pairs, and where a tool says something else. */
export interface Agreement {
  /** One sign for each pair. */
  readonly signs: string;
  readonly differing: readonly { readonly pair: Pair; readonly ours: Sign; readonly theirs: Sign }[];
  /** How many answers of the tool are not taken, by reason. */
  readonly excepted: ReadonlyMap<string, number>;
}

export function agreement(scheme: string, tool: Tool, pairs: readonly Pair[], answers: readonly Sign[]): Agreement {
  const signs = pairs.map((pair) => ourSign(scheme, pair));
  const excepted = new Map<string, number>();
  const differing = pairs.flatMap((pair, index) => {
    const ours = signs[index] ?? '?';
    const theirs = answers[index] ?? '?';
    const exception = tool.exceptions.find(({ applies }) => applies(...pair));
    const mustRefuse = exception?.how === 'refused';
    if (ours === theirs && !(mustRefuse && ours !== '?')) return [];
    if (exception === undefined || (exception.how !== 'not-asked' && ours !== '?')) return [{ pair, ours, theirs }];
    excepted.set(exception.what, (excepted.get(exception.what) ?? 0) + 1);
    return [];
  });
  return { signs: signs.join(''), differing, excepted };
}

const SIGNS = { '-1': '<', '0': '=', '1': '>' } as const;

function ourSign(scheme: string, [a, b]: Pair): Sign {
  const result = orderVersions(scheme, a, b);
  return 'order' in result ? SIGNS[result.order] : '?';
}
