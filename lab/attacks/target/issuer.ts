import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of an OpenID provider as a sign-in needs that is never finished: it says what it is. */
export interface Issuer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  let url = '';
  const server = createServer((_request, response) => {
    const description = {
      issuer: url,
      authorization_endpoint: `${url}/authorise`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(description));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
