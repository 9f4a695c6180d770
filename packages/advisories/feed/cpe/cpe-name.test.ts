import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpeProductName, parseCpe } from './cpe-name.ts';

describe('parseCpe', () => {
  it.each([
    ['a formatted string', 'cpe:2.3:o:fortinet:fortios:7.4.1:*:*:*:*:*:*:*', 'o', 'fortinet:fortios', '7.4.1'],
    ['escapes', 'cpe:2.3:o:cisco:ios:15.2\\(7\\)e3:*:*:*:*:*:*:*', 'o', 'cisco:ios', '15.2(7)e3'],
    ['an escaped colon', 'cpe:2.3:a:perl:net\\:\\:ldap:1.0:*:*:*:*:*:*:*', 'a', 'perl:net\\:\\:ldap', '1.0'],
    ['capitals', 'cpe:2.3:a:openEuler:openEuler:1.0:*:*:*:*:*:*:*', 'a', 'openeuler:openeuler', '1.0'],
    ['no version', 'cpe:2.3:h:dlink:dir-600:-:*:*:*:*:*:*:*', 'h', 'dlink:dir-600', '-'],
    ['any version', 'cpe:2.3:a:x:y:*:*:*:*:*:*:*:*', 'a', 'x:y', null],
    ['a URI', 'cpe:/o:redhat:rhel_eus:9.2::baseos', 'o', 'redhat:rhel_eus', '9.2'],
    ['an escaped URI', 'cpe:/a:x:y:1.0%2b2', 'a', 'x:y', '1.0+2'],
  ])('reads %s', (_what, text, part, name, version) => {
    const cpe = parseCpe(text);
    expect(cpe === null ? null : [cpe.part, cpeProductName(cpe), cpe.version]).toEqual([part, name, version]);
  });

  it('unpacks the five attributes of a packed edition', () => {
    expect(parseCpe('cpe:/a:hp:insight:7.4.0.1570::~~online~win2003~x64~')).toMatchObject({
      edition: null,
      swEdition: 'online',
      targetSw: 'win2003',
      targetHw: 'x64',
    });
  });

  it('tells a pattern from a value', () => {
    expect(parseCpe('cpe:2.3:a:x:y:1.*:*:*:*:*:*:*:*')?.patterns).toEqual(['version']);
    expect(parseCpe('cpe:2.3:a:x:y:1.\\*:*:*:*:*:*:*:*')?.patterns).toEqual([]);
  });

  it.each([
    'cpe:2.3:a:x:y:1.0',
    'cpe:2.3:b:x:y:1.0:*:*:*:*:*:*:*',
    'cpe:2.3:a:*:y:1.0:*:*:*:*:*:*:*',
    'cpe:/a:x',
    'cpe:/a:x:y:1%2',
    'pkg:npm/x',
    '',
    `cpe:2.3:a:x:${'y'.repeat(600)}:*:*:*:*:*:*:*:*`,
  ])('refuses %s', (text) => {
    expect(parseCpe(text)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.constantFrom('cpe:2.3:', 'cpe:/', ''), (text, start) => {
        parseCpe(start + text);
      }),
    );
  });
});
