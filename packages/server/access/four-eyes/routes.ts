import { API, FourEyes, SetFourEyesRequest } from '@thimble/protocol';
import type { App } from '../../http/app.ts';
import type { AccessContext } from '../context.ts';
import { operatorOf } from '../principal.ts';
import { fourEyesRule, setFourEyesRule } from './rule.ts';

const config = { access: 'operator' } as const;

export function registerFourEyesRoutes(app: App, context: AccessContext): void {
  app.get(
    `${API}/four-eyes`,
    { config, schema: { summary: 'Whether who proposes may approve', response: { 200: FourEyes } } },
    async (request) => fourEyesRule(context, operatorOf(request).organisationId),
  );
  app.put(
    `${API}/four-eyes`,
    {
      config,
      schema: { summary: 'Switch the four-eyes rule', body: SetFourEyesRequest, response: { 200: FourEyes } },
    },
    async (request) => {
      const operator = operatorOf(request);
      await setFourEyesRule(context, operator, request.body.setting);
      return fourEyesRule(context, operator.organisationId);
    },
  );
}
