import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { registerAssetRoutes } from './asset/routes.ts';
import { registerExceptionRoutes } from './exceptions/routes.ts';
import { startAssessment } from './reconciler.ts';
import { registerAssessRoutes } from './routes.ts';
import { registerVulnerabilityRoutes } from './vulnerabilities/routes.ts';

/** What of the endpoints' software is exposed, and since when. */
export const assess: Stage = {
  name: 'assess',
  register: async (app, context) => {
    usePlainJson(app);
    registerAssessRoutes(app, context);
    registerVulnerabilityRoutes(app, context);
    registerAssetRoutes(app, context);
    registerExceptionRoutes(app, context);
    app.addHook('onClose', startAssessment(context));
  },
};
