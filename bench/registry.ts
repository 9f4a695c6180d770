import type { Bench } from './bench.ts';
import { agentBench } from './agent.ts';
import { checkInsBench } from './check-ins.ts';
import { contentAcquireBench } from './content-acquire.ts';
import { contentCollectBench } from './content-collect.ts';
import { contentServingBench } from './content-serving.ts';
import { feedLoadingBench } from './feed-loading.ts';
import { inventoriesBench } from './inventories.ts';
import { inventoryBench } from './inventory.ts';
import { assessHostBench } from './assess-host.ts';
import { memoryBench } from './memory.ts';
import { patchBench } from './patch.ts';
import { reassessBench } from './reassess.ts';
import { rolloutPlanBench } from './rollout-plan.ts';
import { rolloutSimulateBench } from './rollout-simulate.ts';
import { signaturesBench } from './signatures.ts';
import { transparencyBench } from './transparency.ts';
import { trialBench } from './trial.ts';

/** Every benchmark; adding one is one file and one line. */
export const BENCHES: readonly Bench[] = [
  inventoryBench,
  checkInsBench,
  inventoriesBench,
  memoryBench,
  agentBench,
  patchBench,
  trialBench,
  rolloutPlanBench,
  rolloutSimulateBench,
  assessHostBench,
  feedLoadingBench,
  reassessBench,
  contentServingBench,
  contentAcquireBench,
  contentCollectBench,
  transparencyBench,
  signaturesBench,
];
