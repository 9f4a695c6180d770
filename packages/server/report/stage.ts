import type { Stage } from '../context.ts';
import { registerReportRoutes } from './routes.ts';

/** What was decided and what happened, for people and auditors. */
export const report: Stage = {
  name: 'report',
  register: async (app, context) => registerReportRoutes(app, context),
};
