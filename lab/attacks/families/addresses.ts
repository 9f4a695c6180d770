import { startHostileUpstream } from '@thimble/content/testing';
import type { Attack, AttackFamily } from '../attack.ts';
import { hello, registerRelay } from '../target/relay.ts';
import { acquireFrom, LOOKED_AT } from '../target/upstream.ts';

/** Ways to write where clouds give machines their credentials. */
const METADATA = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '[::ffff:169.254.169.254]',
  '[fe80::1]',
  'metadata.google.internal',
  '[::ffff:100.100.100.200]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::1]',
  '0.0.0.0',
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

/** Where an upstream may not lead, however it is written: into this machine, into its network, to its credentials. */
const INSIDE = [
  ...METADATA.map((host) => `https://${host}/latest`),
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://192.168.0.1/',
  // A name that leads inside: what whoever answers for it says is looked at, and that address is connected to.
  'https://localhost/',
  'http://mirror.example/',
  'file:///etc/shadow',
];

/** A mirror that people configured leads on; nobody follows, and the repository says why. */
function redirected(to: string): Attack {
  return {
    name: `SSRF: a mirror leads to ${to}`,
    refusal: 'refused',
    record: 'verifier',
    attempt: async () => acquireFrom({ kind: 'redirect', to }),
  };
}

/** What openid-client says of a redirect. */
const NOT_FOLLOWED = /unexpected HTTP response status/;

/** A provider of identities, as its administrator names it or as it names itself. */
function issuer(name: string, of: (innerUrl: string) => string): Attack {
  return {
    name: `SSRF: ${name}`,
    refusal: 'refused',
    record: 'evidence',
    attempt: async (target) => {
      const inner = await startHostileUpstream();
      const path = '.well-known/openid-configuration';
      inner.set(path, { kind: 'redirect', to: 'http://169.254.169.254/latest' });
      try {
        const provider = { name, issuer: of(inner.url), clientId: 'thimble', clientSecret: null, scopes: '' };
        const created = await target.call('POST', '/identity-providers', {
          ...provider,
          groupsClaim: 'groups',
          groupRoles: [],
          createsPeople: false,
          enabled: true,
        });
        const { id } = created.json as { id: string };
        const { json } = await target.call('POST', `/identity-providers/${id}/test`);
        const { problem } = json as { problem: string | null };
        const evidence = await target.call('GET', '/evidence');
        return {
          refusal: LOOKED_AT.test(problem ?? '') || NOT_FOLLOWED.test(problem ?? '') ? 'refused' : (problem ?? 'asked'),
          isRecorded: evidence.text.includes(`identity provider ${name}`),
        };
      } finally {
        await inner.close();
      }
    },
  };
}

const repository = (changes: object) => ({
  name: 'ssrf',
  format: 'apt',
  uris: ['https://deb.example/debian/'],
  mirrorList: null,
  suite: 'stable',
  components: ['main'],
  architectures: ['amd64'],
  fingerprints: [],
  ...changes,
});

/** A relay's token was stolen: whoever has it says where endpoints are to take their tickets. */
function relayAt(url: string): Attack {
  return {
    name: `endpoints led astray: a relay says that it is at ${url}`,
    refusal: 'bad-relay-address',
    record: 'request log',
    attempt: async (target) => target.attempt(hello(await registerRelay(target), { url })),
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
    ...METADATA.map((host) =>
      configured(
        `a repository at ${host}`,
        'bad-address',
        'POST',
        '/content/repositories',
        repository({ uris: [`http://${host}/debian/`] }),
      ),
    ),
    configured(
      'a list of mirrors at credentials',
      'bad-address',
      'POST',
      '/content/repositories',
      repository({ mirrorList: 'http://169.254.169.254/latest' }),
    ),
    configured(
      'a repository that is a file',
      'bad-address',
      'POST',
      '/content/repositories',
      repository({ uris: ['file:///etc/'] }),
    ),
    configured(
      'a repository with a password in its address',
      'bad-address',
      'POST',
      '/content/repositories',
      repository({ uris: ['https://user:secret@deb.example/'] }),
    ),
    configured('a feed at credentials', 'bad-address', 'PUT', '/feeds/kev', { baseUrl: 'http://169.254.169.254/' }),
    configured('a feed at credentials, wrapped', 'bad-address', 'PUT', '/feeds/kev', {
      baseUrl: 'http://[::ffff:a9fe:a9fe]/',
    }),
    configured('a feed that is a file', 'bad-address', 'PUT', '/feeds/kev', { baseUrl: 'file:///etc/' }),
    ...INSIDE.map(redirected),
    issuer('an identity provider at credentials', () => 'https://169.254.169.254'),
    issuer('an identity provider at credentials, in other digits', () => 'https://0xa9fea9fe'),
    issuer('an identity provider in this machine', () => 'https://127.0.0.1:9'),
    issuer('an identity provider in this network', () => 'https://10.0.0.1'),
    issuer('an identity provider that leads to credentials', (url) =>
      url.replace('127.0.0.1', 'localhost').slice(0, -1),
    ),
    relayAt('https://169.254.169.254'),
    relayAt('https://[::ffff:169.254.169.254]:8444'),
    relayAt('http://relay.example'),
    relayAt('https://user:secret@relay.example'),
    relayAt('javascript:alert(1)'),
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
