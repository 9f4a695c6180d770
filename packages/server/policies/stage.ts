import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { registerCalendarRoutes } from './calendars/routes.ts';
import { registerPolicyRoutes } from './documents/routes.ts';
import { registerFreezeRoutes } from './freezes/routes.ts';
import { registerSimulationRoutes } from './simulations/routes.ts';
import { createSimulator } from './simulations/simulator.ts';
import { registerWindowRoutes } from './windows/routes.ts';

/** What must be patched by when and how carefully, as people say it; and what the coming weeks would be like. */
export const policies: Stage = {
  name: 'policies',
  register: async (app, context) => {
    usePlainJson(app);
    registerPolicyRoutes(app, context);
    registerCalendarRoutes(app, context);
    registerWindowRoutes(app, context);
    registerFreezeRoutes(app, context);
    const simulator = createSimulator(context);
    registerSimulationRoutes(app, context, simulator);
    app.addHook('onClose', simulator.stop);
  },
};
