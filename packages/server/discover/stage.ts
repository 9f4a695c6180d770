import type { Stage } from '../context.ts';
import { usePlainJson } from '../http/plain-json.ts';
import { registerCheckIn } from './check-in.ts';
import { registerDocuments } from './documents/index.ts';
import { registerEndpointRoutes } from './endpoint-routes.ts';
import { registerEnrol } from './enrol.ts';
import { registerEnrolmentTokens } from './enrolment-tokens.ts';
import { registerAdmissionRoutes } from './enrolment/admission-routes.ts';
import { registerEnrolmentRules } from './enrolment/rules.ts';
import { registerKeyRoutes } from './identity/key-routes.ts';
import { registerIdentityRoutes } from './identity/routes.ts';

/** Which endpoints there are, and what is installed on them. */
export const discover: Stage = {
  name: 'discover',
  register: async (app, context) => {
    usePlainJson(app);
    await registerEnrolmentTokens(app, context);
    registerEnrolmentRules(app, context);
    registerAdmissionRoutes(app, context);
    await registerEnrol(app, context);
    await registerKeyRoutes(app, context);
    await registerCheckIn(app, context);
    await registerDocuments(app, context);
    registerEndpointRoutes(app, context);
    registerIdentityRoutes(app, context);
  },
};
