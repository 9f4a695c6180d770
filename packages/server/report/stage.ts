import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { registerReportRoutes } from './routes.ts';

/** What was decided and what happened, for people and auditors. */
export const report: Stage = {
  name: 'report',
  register: async (app, context) => {
    usePlainJson(app);
    registerReportRoutes(app, context);
  },
};
