import type { App } from '../app.ts';
import { assertShallow } from './json-depth.ts';

/** The framework's own parser, which refuses `__proto__` and `constructor`, for what is not too deep. */
export function registerJsonBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    try {
      assertShallow(body);
    } catch (error) {
      return done(error as Error);
    }
    return parse(request, body, done);
  });
}
