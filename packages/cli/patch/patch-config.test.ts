import { describe, expect, it } from 'vitest';
import { CliError } from '../cli-error.ts';
import { PATCH_CONFIG_DEFAULTS, type PatchConfig, parsePatchConfig, printPatchConfig } from './patch-config.ts';
import { quoteWord, serviceUnit, timerUnit } from './timer-units.ts';

describe('patch.conf', () => {
  it('has the usual values when it is empty, and never reboots or takes more than security unasked', () => {
    expect(parsePatchConfig('')).toEqual(PATCH_CONFIG_DEFAULTS);
    expect(PATCH_CONFIG_DEFAULTS).toMatchObject({ updates: 'security', reboot: 'never', rollBack: true });
  });

  it('is read back as it was printed', () => {
    const config: PatchConfig = {
      updates: 'all',
      reboot: 'when-needed',
      restartServices: false,
      rollBack: false,
      schedule: 'Sat *-*-1..7 22:30',
      randomisedDelay: '45 min',
    };
    expect(parsePatchConfig(printPatchConfig(config))).toEqual(config);
  });

  it.each([
    ['reboot = maybe', /line 1 .*"maybe" is no value for reboot/],
    ['\nrebot = never', /line 2 .*is not understood/],
    ['reboot', /is not understood/],
    ['updates = all\nupdates = security', /line 2 .*set twice/],
    ['schedule = daily\u0000', /no value for schedule/],
    ['schedule = x\\nOnBootSec=1', /no value for schedule/],
    ['randomised-delay = 1h; rm -rf /', /no value for randomised-delay/],
  ])('refuses %j rather than guess', (text, message) => {
    expect(() => parsePatchConfig(text)).toThrow(CliError);
    expect(() => parsePatchConfig(text)).toThrow(message);
  });
});

describe('systemd units', () => {
  it('run this very program, whatever its path', () => {
    expect(serviceUnit(['/opt/my programs/thimble'])).toContain(
      'ExecStart="/opt/my programs/thimble" patch --apply --unattended\n',
    );
    expect(quoteWord('/usr/bin/thimble')).toBe('/usr/bin/thimble');
    expect(quoteWord('a"b\\c')).toBe('"a\\"b\\\\c"');
    expect(quoteWord('50%$HOME')).toBe('50%%$$HOME');
  });

  it('take status 4 (waits for a reboot) for no failure, and never time an installation out', () => {
    expect(serviceUnit(['thimble'])).toMatch(/^SuccessExitStatus=4$/m);
    expect(serviceUnit(['thimble'])).toMatch(/^TimeoutStartSec=infinity$/m);
  });

  it('catch up on a night that the machine slept through', () => {
    expect(timerUnit(PATCH_CONFIG_DEFAULTS)).toContain(
      'OnCalendar=*-*-* 04:00:00\nRandomizedDelaySec=2h\nPersistent=true\n',
    );
  });
});
