import type { Feed } from '@thimble/advisories';
import { expect, it } from 'vitest';
import { chooseFeeds, type FeedConfiguration } from './choose-feeds.ts';

function feed(id: string, namespaces: readonly string[]): Feed {
  return {
    id,
    name: id,
    publisher: id,
    documentation: '',
    licence: '',
    namespaces,
    mode: 'snapshot',
    baseUrl: 'https://example.com/',
    intervalHours: 1,
    limitRecords: 1,
    start: () => [],
    read: async function* () {},
  };
}

const FEEDS = [
  feed('kev', ['*']),
  feed('debian', ['debian']),
  feed('npm', ['npm']),
  feed('wolfi', ['wolfi', 'chainguard']),
];

function chosen(discovered: readonly string[], configuration: FeedConfiguration = new Map()) {
  return chooseFeeds(FEEDS, discovered, configuration)
    .filter((choice) => choice.chosen)
    .map((choice) => [choice.feed.id, choice.namespaces]);
}

it('an empty fleet needs no feed', () => {
  expect(chosen([])).toEqual([]);
});

it('what was discovered brings its feeds, asked for its releases, and the facts that concern all', () => {
  expect(chosen(['debian:12', 'debian:13', 'wolfi'])).toEqual([
    ['kev', null],
    ['debian', ['debian:12', 'debian:13']],
    ['wolfi', ['wolfi']],
  ]);
});

it('a name that only begins alike brings nothing', () => {
  expect(chosen(['debianish:12', 'npmx'])).toEqual([]);
});

it('switching on and off goes before what was discovered', () => {
  const configuration = new Map([
    ['debian', 'off'],
    ['npm', 'on'],
    ['wolfi', 'auto'],
  ] as const);
  expect(chosen(['debian:12'], configuration)).toEqual([
    ['kev', null],
    ['npm', null],
  ]);
  expect(chosen(['npm'], new Map([['kev', 'off']] as const))).toEqual([['npm', ['npm']]]);
});

it('says why of every feed', () => {
  expect(chooseFeeds(FEEDS, ['npm'], new Map()).map(({ why }) => why)).toEqual([
    'concerns every vulnerability',
    'no software of debian was found',
    'for npm',
    'no software of wolfi, chainguard was found',
  ]);
});

it('what another feed says as well comes only when a person switches it on', () => {
  const both = [feed('tracker', ['debian']), { ...feed('export', ['debian']), onRequest: 'tracker says the same' }];
  const choices = (configuration: FeedConfiguration) =>
    chooseFeeds(both, ['debian:12'], configuration).map(({ feed: { id }, chosen: is, why }) => [id, is, why]);
  expect(choices(new Map())).toEqual([
    ['tracker', true, 'for debian:12'],
    ['export', false, 'on request: tracker says the same'],
  ]);
  expect(choices(new Map([['export', 'on']]))[1]).toEqual(['export', true, 'switched on']);
});
