import { updateinfoFeed } from '../../feed/updateinfo/updateinfo-feed.ts';
import { amazonRequests, readLists } from './requests.ts';

export const amazon = updateinfoFeed(
  {
    id: 'amazon',
    name: 'Amazon Linux security updates',
    publisher: 'Amazon Web Services',
    documentation: 'https://alas.aws.amazon.com/',
    licence: 'not stated',
    namespaces: ['amzn'],
    baseUrl: 'https://cdn.amazonlinux.com/',
    intervalHours: 6,
    start: amazonRequests,
  },
  readLists,
);
