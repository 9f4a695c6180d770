import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { registerBundleRoutes } from './bundle/routes.ts';
import { startNotary } from './checkpoints/notary.ts';
import { registerProofRoutes } from './proofs/routes.ts';
import { startRetention } from './retention/retention.ts';
import { registerReportRoutes } from './routes.ts';
import { startExporter } from './siem/exporter.ts';
import { registerExportRoutes } from './siem/routes.ts';

/** What was decided and what happened, for people and auditors. */
export const report: Stage = {
  name: 'report',
  register: async (app, context) => {
    usePlainJson(app);
    registerReportRoutes(app, context);
    registerProofRoutes(app, context);
    registerBundleRoutes(app, context);
    registerExportRoutes(app, context);
    app.addHook('onClose', startNotary(context));
    app.addHook('onClose', startRetention(context));
    app.addHook('onClose', startExporter(context));
  },
};
