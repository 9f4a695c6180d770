import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { startAssessment } from './reconciler.ts';
import { registerAssessRoutes } from './routes.ts';

/** What of the endpoints' software is exposed, and since when. */
export const assess: Stage = {
  name: 'assess',
  register: async (app, context) => {
    usePlainJson(app);
    registerAssessRoutes(app, context);
    const reconciler = startAssessment(context);
    app.addHook('onClose', reconciler.stop);
  },
};
