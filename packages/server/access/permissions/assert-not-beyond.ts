import { PERMISSIONS } from '@thimble/protocol';
import { HttpProblem } from '../../http/problem.ts';
import { type Authority, firstBeyond } from './authority.ts';

/**
 * Nobody gives, takes or changes more than they have: else whoever may hand out roles could have them all.
 *
 * @throws HttpProblem 403 `beyond-yourself`, which names the permission
 */
export function assertNotBeyond(own: Authority, other: Authority): void {
  const beyond = firstBeyond(own, other);
  if (beyond === undefined) return;
  throw new HttpProblem(403, 'beyond-yourself', {
    detail: `This is about ${beyond} (${PERMISSIONS[beyond]}), which you ${own.has(beyond) ? 'have for some endpoints only' : 'do not have yourself'}.`,
    hint: 'Ask somebody who has it, such as an owner.',
  });
}
