import { describe, expect, it } from 'vitest';
import { cpuMs, memoryBytes, parseStat, sharedOutBytes } from './process-usage.ts';

describe("a process's line of /proc/PID/stat", () => {
  it('gives parent and processor time, its ended children’s too, whatever its command is called', () => {
    const line = '42 (a) (b c)) S 7 42 42 0 -1 4194304 1 2 3 4 10 20 30 40 20 0 1 0 1234 5678 90';
    expect(parseStat(line)).toEqual({ pid: 42, parent: 7, cpuMs: 1000 });
  });
  it.each(['', '42', '42 (sh) S', 'sh 42'])('is not guessed from %j', (line) => {
    expect(parseStat(line)).toBeNull();
  });
});

describe('what a process uses', () => {
  it('is more than nothing for one that runs', () => {
    expect([cpuMs(process.pid).own > 0, memoryBytes(process.pid, 'VmRSS') > 0]).toEqual([true, true]);
  });
  it('has a peak that is at least what it uses now', () => {
    const now = memoryBytes(process.pid, 'VmRSS');
    expect(memoryBytes(process.pid, 'VmHWM')).toBeGreaterThanOrEqual(now);
  });
  it('is counted together without counting shared pages twice', () => {
    const alone = sharedOutBytes([process.pid]);
    expect(alone).toBeGreaterThan(0);
    expect(alone).toBeLessThanOrEqual(memoryBytes(process.pid, 'VmHWM'));
  });
  it('is nothing for a process that is gone', () => {
    expect(sharedOutBytes([2 ** 22 + 1])).toBe(0);
  });
});
