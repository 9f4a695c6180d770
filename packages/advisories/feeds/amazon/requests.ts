import { FeedError, type FeedContext, type FeedDocument, type FeedItem, type FeedRequest } from '../../feed/index.ts';
import { jsonMembers } from '../../feed/json-stream.ts';
import { repomdRequest } from '../../feed/updateinfo/repository.ts';

const ARCHITECTURES = ['x86_64', 'aarch64'];
const LIMIT_LIST_BYTES = 64_000;
const LIMIT_CATALOGUE_BYTES = 16_000_000;

/** A release's repositories are found by a list of mirrors, which changes with every publication. */
export function amazonRequests({ namespaces }: FeedContext): readonly FeedRequest[] {
  const asked = (namespace: string): boolean => namespaces === null || namespaces.includes(namespace);
  const requests: FeedRequest[] = [];
  for (const architecture of ARCHITECTURES) {
    if (asked('amzn:2023')) {
      requests.push(
        mirrors(`al2023/core/mirrors/latest/${architecture}/mirror.list`, 'amzn:2023', null, `core/${architecture}`),
      );
      for (const channel of ['kernel-livepatch', 'nvidia'])
        requests.push(
          mirrors(
            `al2023/${channel}/mirrors/latest/${architecture}/mirror.list`,
            'amzn:2023',
            channel,
            `${channel}/${architecture}`,
          ),
        );
    }
    if (asked('amzn:2'))
      requests.push(mirrors(`2/core/latest/${architecture}/mirror.list`, 'amzn:2', null, `core/${architecture}`));
  }
  if (asked('amzn:2'))
    requests.push({
      path: '2/extras-catalog.json',
      role: 'extras',
      packing: 'plain',
      limitBytes: LIMIT_CATALOGUE_BYTES,
    });
  if (asked('amzn:1'))
    requests.push(
      mirrors(
        'https://repo.us-east-1.amazonaws.com/2018.03/updates/x86_64/mirror.list',
        'amzn:1',
        null,
        'updates/x86_64',
      ),
    );
  return requests;
}

function mirrors(path: string, namespace: string, channel: string | null, key: string): FeedRequest {
  const note = [namespace, channel ?? '', key].join(' ');
  return { path, role: 'mirrors', packing: 'plain', limitBytes: LIMIT_LIST_BYTES, optional: true, note };
}

/** A list of mirrors (addresses of a repository, one a line), or the catalogue of Amazon Linux 2's extras. */
export async function* readLists(document: FeedDocument): AsyncGenerator<FeedItem> {
  const { path, role, note = '' } = document.request;
  if (role === 'extras') {
    yield* extras(document);
    return;
  }
  const text = Buffer.from(await document.bytes()).toString('utf8');
  const first = text.split('\n', 1)[0]?.trim() ?? '';
  const [namespace = '', channel = '', key = ''] = note.split(' ');
  if (!/^https:\/\/[\w./-]{1,500}$/.test(first) || namespace === '')
    throw new FeedError('malformed', `${path}: it does not begin with the address of a repository`);
  const folder = first.endsWith('/') ? first : `${first}/`;
  yield { kind: 'request', request: repomdRequest(folder, { namespace, channel: channel || null, key }) };
}

async function* extras(document: FeedDocument): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  for await (const { value, path } of jsonMembers(document.chunks(), ['$.topics.*'], { what, limitRecords: 1_000 })) {
    const topic = typeof value === 'object' && value !== null && 'n' in value ? value.n : null;
    if (typeof topic !== 'string' || !/^[\w.+-]{1,100}$/.test(topic)) {
      yield { kind: 'fault', record: `topic ${path.at(-1)}`, reason: 'it has no name' };
      continue;
    }
    for (const architecture of ARCHITECTURES) {
      const list = `2/extras/${topic}/latest/${architecture}/mirror.list`;
      yield { kind: 'request', request: mirrors(list, 'amzn:2', `extras:${topic}`, `extras/${topic}/${architecture}`) };
    }
  }
}
