/** Goes through the provider's own pages as this subject. @returns the address that the provider sends the browser to */
export async function authorise(start: URL, subject: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const ask = async (url: URL, form?: Record<string, string>): Promise<Response> => {
    const reply = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return reply;
  };
  let url = start;
  for (let steps = 0; steps < 12; steps += 1) {
    if (url.pathname.includes('/session/oidc/')) return url;
    let reply = await ask(url);
    if (reply.status === 200) {
      const page = await reply.text();
      const prompt = page.includes('name="login"')
        ? { prompt: 'login', login: subject, password: 'x' }
        : { prompt: 'consent' };
      reply = await ask(url, prompt);
    }
    const location = reply.headers.get('location');
    if (location === null)
      throw new Error(`the provider stopped at ${url.href}: ${reply.status} ${await reply.text()}`);
    url = new URL(location, url);
  }
  throw new Error('the provider leads in circles');
}
