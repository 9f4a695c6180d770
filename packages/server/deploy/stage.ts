import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { registerAgentOrders } from './agent-orders.ts';
import { registerEndpointActions } from './endpoint-actions.ts';
import { registerOrderMetrics } from './metrics.ts';
import { startReconciler } from './reconciler.ts';
import { registerRunRoutes } from './routes.ts';

/** Runs: plans, approvals, orders, and what became of them. */
export const deploy: Stage = {
  name: 'deploy',
  register: async (app, context) => {
    usePlainJson(app);
    await registerAgentOrders(app, context);
    registerRunRoutes(app, context);
    registerEndpointActions(app, context);
    registerOrderMetrics(context);
    const stop = startReconciler(context);
    app.addHook('onClose', stop);
  },
};
