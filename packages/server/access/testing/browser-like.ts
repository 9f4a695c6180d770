import type { TestServer } from '../../testing.ts';

export interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** Something that keeps cookies as a browser does, and asks a test server. */
export interface BrowserLike {
  readonly call: (method: string, path: string, body?: unknown) => Promise<Reply>;
  /** One GET of any address of the server, redirects not followed. */
  readonly open: (address: string) => Promise<Response>;
  /** Signs in by a new link of the first person, or by the given one. */
  readonly signInByLink: (link: string) => Promise<Reply>;
  readonly cookies: Map<string, string>;
}

export function browserLike(server: TestServer): BrowserLike {
  const cookies = new Map<string, string>();
  const keep = (reply: Response): Response => {
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return reply;
  };
  const cookie = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const call = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const reply = keep(
      await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: { cookie: cookie(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const text = await reply.text();
    const json: unknown = text === '' ? {} : JSON.parse(text);
    const content = typeof json === 'object' && json !== null ? { ...json } : {};
    const code = 'code' in content && typeof content.code === 'string' ? content.code : undefined;
    return { status: reply.status, code, body: content, headers: reply.headers };
  };
  return {
    call,
    cookies,
    open: async (address) => keep(await fetch(address, { redirect: 'manual', headers: { cookie: cookie() } })),
    signInByLink: (link) => call('POST', '/session', { link }),
  };
}
