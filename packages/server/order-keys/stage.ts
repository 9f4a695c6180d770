import type { Stage } from '../context.ts';
import { startRetiring } from './retire.ts';
import { registerOrderKeyRoutes } from './routes.ts';

/** The keys that sign orders: who follows them, and how one replaces another. */
export const orderKeys: Stage = {
  name: 'order-keys',
  register: async (app, context) => {
    registerOrderKeyRoutes(app, context);
    app.addHook('onClose', startRetiring(context));
  },
};
