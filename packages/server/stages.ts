import { agentUpdates } from './agent-updates/stage.ts';
import { approvals } from './approvals/stage.ts';
import { acquire } from './acquire/stage.ts';
import { assess } from './assess/stage.ts';
import type { Stage } from './context.ts';
import { deploy } from './deploy/stage.ts';
import { discover } from './discover/stage.ts';
import { feeds } from './feeds/stage.ts';
import { downloads } from './downloads/stage.ts';
import { orderKeys } from './order-keys/stage.ts';
import { organisations } from './organisations/stage.ts';
import { policies } from './policies/stage.ts';
import { rollouts } from './rollouts/stage.ts';
import { report } from './report/stage.ts';

/** All stages of a patch's life that this server has, in the order of that life. */
export const STAGES: readonly Stage[] = [
  organisations,
  discover,
  acquire,
  feeds,
  assess,
  policies,
  approvals,
  orderKeys,
  deploy,
  rollouts,
  report,
  downloads,
  agentUpdates,
];
