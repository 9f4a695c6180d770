import type { Stage } from '../context.ts';
import { trustDesk } from './news/trust-news.ts';
import { registerApprovalRoutes, registerApproverRoutes, registerHaltRoutes } from './routes.ts';

/** Approvers: what they are asked, what they signed, and what endpoints are told of it. */
export const approvals: Stage = {
  name: 'approvals',
  register: async (app, context) => {
    registerApprovalRoutes(app, context);
    registerApproverRoutes(app, context);
    registerHaltRoutes(app, context);
    app.addHook('onClose', async () => trustDesk(context).close());
  },
};
