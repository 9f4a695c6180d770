import type { Stage } from '../context.ts';
import { registerRolloutMetrics } from './metrics.ts';
import { startProber } from './probes/prober.ts';
import { startRolloutReconciler } from './reconcile/reconciler.ts';
import { registerFailureSharingRoutes } from './shared-failures/routes.ts';
import { startScheduler } from './schedule/scheduler.ts';
import { registerRolloutRoutes } from './routes.ts';

/** Rollouts: a policy's patches ring by ring, by the same planner as the simulator's. */
export const rollouts: Stage = {
  name: 'rollouts',
  register: async (app, context) => {
    registerRolloutRoutes(app, context);
    registerFailureSharingRoutes(app, context);
    registerRolloutMetrics(context);
    const stops = [startRolloutReconciler(context), startScheduler(context), startProber(context)];
    app.addHook('onClose', async () => {
      await Promise.all(stops.map((stop) => stop()));
    });
  },
};
