import { expect, it } from 'vitest';
import { openServerLink } from './server-link.ts';

it.each(['https://169.254.169.254/', 'http://[::ffff:169.254.169.254]/', 'https://metadata/'])(
  'a relay has no server at %s',
  (address) => {
    expect(() => openServerLink({ upstream: new URL(address), token: 'x', ca: null })).toThrow(
      expect.objectContaining({ code: 'refused' }),
    );
  },
);
