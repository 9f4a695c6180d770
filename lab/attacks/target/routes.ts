import type { Target } from './target.ts';

/** A route of people and tokens, as the server's own description has it. */
export interface OperatorRoute {
  readonly method: string;
  /** `/api/v1/runs/{id}` */
  readonly path: string;
  /** `GET /runs/:id`: as the table of permissions names it. */
  readonly name: string;
  readonly takesBody: boolean;
}

interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly security: readonly object[]; readonly requestBody?: unknown }>>>
  >;
}

const API = '/api/v1';

export async function operatorRoutes(target: Target): Promise<readonly OperatorRoute[]> {
  const { paths } = (await target.send({ path: `${API}/openapi.json` })).json as Description;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { security }]) => security.length === 1 && security.some((each) => 'token' in each))
      .map(([method, { requestBody }]) => ({
        method: method.toUpperCase(),
        path,
        name: `${method.toUpperCase()} ${path.slice(API.length).replaceAll(/\{([^}]+)\}/g, ':$1')}`,
        takesBody: requestBody !== undefined,
      })),
  );
}

/** The address with every parameter filled in. */
export function fillIn(path: string, value: (name: string) => string): string {
  return path.replaceAll(/\{([^}]+)\}/g, (_all, name: string) => value(name));
}

export const hasParameters = ({ path }: OperatorRoute): boolean => path.includes('{');
