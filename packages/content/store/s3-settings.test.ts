import { expect, it } from 'vitest';
import { clientSettings } from './s3-settings.ts';

const settings = { bucket: 'b', prefix: '', region: 'us-east-1', credentials: null, workDirectory: '/nowhere' };

it.each(['http://169.254.169.254', 'http://[fd00:ec2::254]:80', 'https://metadata.google.internal'])(
  'a service at %s is refused',
  (endpoint) => {
    expect(() => clientSettings({ ...settings, endpoint })).toThrow(expect.objectContaining({ code: 'refused' }));
  },
);

it.each([null, 'http://127.0.0.1:9000', 'https://s3.inner.example'])('a service at %s is asked', (endpoint) => {
  expect(() => clientSettings({ ...settings, endpoint })).not.toThrow();
});
