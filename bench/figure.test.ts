import { describe, expect, it } from 'vitest';
import { figureJson, median, meetsAim, ratioOf, type Figure } from './figure.ts';

const figure: Figure = {
  bench: 'b',
  metric: 'm',
  unit: 'ms',
  ours: 20,
  peer: 10,
  peerName: 'p',
  aim: { kind: 'at-most', ratio: 2 },
};

describe('a figure', () => {
  it('meets an upper bound when the ratio is at most the aim', () => {
    expect([20, 20.1].map((ours) => meetsAim({ ...figure, ours }))).toEqual([true, false]);
  });
  it('meets a lower bound when the ratio is at least the aim', () => {
    expect([20, 19.9].map((ours) => meetsAim({ ...figure, ours, aim: { kind: 'at-least', ratio: 2 } }))).toEqual([
      true,
      false,
    ]);
  });
  it('is not known without a peer, never met', () => {
    expect([ratioOf({ ...figure, peer: null }), meetsAim({ ...figure, peer: null })]).toEqual([null, null]);
  });
  it('that must be zero is met by zero only', () => {
    expect([0, 1].map((ours) => meetsAim({ ...figure, ours, peer: 0, aim: { kind: 'at-most', ratio: 1 } }))).toEqual([
      true,
      false,
    ]);
  });
  it('is one line of JSON with ratio and verdict', () => {
    expect(JSON.parse(figureJson(figure))).toMatchObject({
      bench: 'b',
      metric: 'm',
      ours: 20,
      peer: 10,
      ratio: 2,
      aim: '<= 2',
      met: true,
    });
  });
});

describe('the median', () => {
  it('is the middle value, or the mean of the two', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  });
  it('of nothing is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});
