import type { Stage } from '../context.ts';
import { registerOrganisationRoutes } from './routes.ts';

/** Providers, their clients, and what goes on in all of them together. */
export const organisations: Stage = {
  name: 'organisations',
  register: async (app, context) => registerOrganisationRoutes(app, context),
};
