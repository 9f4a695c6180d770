import type { FakeState } from '../fake-fleet.ts';
import type { Answer } from '../fake-routes.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });
const notFound: Answer = { status: 404, problem: { code: 'unknown-approval', title: 'There is no such request' } };

/** What the fake answers on the routes of approvals; undefined: not one of them. */
export function answerApprovals({ approvals }: FakeState, path: string): Answer | undefined {
  const [stage, id, part] = path.split('/').slice(1);
  switch (stage) {
    case 'approvals': {
      if (id === undefined) return ok({ items: approvals.requests.map(({ summary }) => summary), total: 2 });
      if (part === 'transactions') return ok(approvals.transaction);
      const found = approvals.requests.find(({ summary }) => summary.id === id);
      return found === undefined ? notFound : ok(found);
    }
    case 'approvers':
      if (id === 'candidates') return ok({ items: [] });
      return ok(id === 'history' ? approvals.history : approvals.approvers);
    case 'emergency-stop':
      return ok(approvals.halt);
    default:
      return undefined;
  }
}
