import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { registerAccountRoutes } from './account/routes.ts';
import { registerFourEyesRoutes } from './four-eyes/routes.ts';
import { registerGrantRoutes } from './grants/routes.ts';
import { registerLinkRoutes } from './links/routes.ts';
import { registerProviderRoutes } from './oidc/provider-routes.ts';
import { registerSingleSignOn } from './oidc/routes.ts';
import { registerPeopleRoutes } from './people/routes.ts';
import { registerRoleRoutes } from './roles/routes.ts';
import type { ServerFacts } from './sessions/describe-session.ts';
import { registerSessionRoutes } from './sessions/routes.ts';
import { registerSignInRoutes } from './sign-in/routes.ts';
import { registerTokenRoutes } from './tokens/routes.ts';

/** Who may use this server: how they come in, what they are, and how they go. */
export function registerAccessRoutes(app: App, context: ServerContext, facts: ServerFacts): void {
  registerSignInRoutes(app, context, facts);
  registerSessionRoutes(app, context, facts);
  registerLinkRoutes(app, context, facts);
  registerAccountRoutes(app, context);
  registerPeopleRoutes(app, context, facts);
  registerProviderRoutes(app, context);
  registerSingleSignOn(app, context);
  registerTokenRoutes(app, context);
  registerRoleRoutes(app, context);
  registerGrantRoutes(app, context);
  registerFourEyesRoutes(app, context);
}
