import { describe, expect, it } from 'vitest';
import { packageOf } from './package-name.ts';
import { platformOf } from './platforms.ts';
import type { CsafProduct } from './product-tree.ts';

const product = (id: string, details: Partial<CsafProduct> = {}): CsafProduct => ({
  id,
  name: id,
  path: [],
  cpe: null,
  purl: null,
  part: null,
  ...details,
});
const platform = (cpe: string) => product('platform', { cpe });
const on = (component: CsafProduct, of: CsafProduct) => product('whole', { part: { component, of } });

describe('platformOf', () => {
  it.each([
    ['cpe:/a:redhat:enterprise_linux:9::appstream', 'rhel:9', null],
    ['cpe:/o:redhat:enterprise_linux:10.0', 'rhel:10', null],
    ['cpe:/o:redhat:rhel_eus:9.2::baseos', 'rhel:9', 'rhel_eus:9.2'],
    ['cpe:/o:redhat:rhel_aus:8.4::baseos', 'rhel:8', 'rhel_aus:8.4'],
    ['cpe:/o:redhat:rhel_els:6', 'rhel:6', 'rhel_els:6'],
    ['cpe:/a:redhat:openshift:4.12::el8', 'rhel:8', 'openshift:4.12'],
    ['cpe:/o:suse:sles:15:sp5', 'sles:15.5', null],
    ['cpe:/o:suse:sle-module-basesystem:15:sp4', 'sles:15.4', null],
    ['cpe:/o:suse:sled:15:sp5', 'sles:15.5', null],
    ['cpe:/o:suse:sles-ltss:12:sp2', 'sles:12.2', 'ltss'],
    ['cpe:/o:suse:suse_sles_ltss:11:sp4', 'sles:11.4', 'ltss'],
    ['cpe:/o:opensuse:leap:15.5', 'opensuse-leap:15.5', null],
    ['cpe:/o:opensuse:tumbleweed', 'opensuse-tumbleweed', null],
    ['cpe:/o:suse:suse-microos:5.2', 'sle-micro:5.2', null],
    ['cpe:/o:suse:sl-micro:6.0', 'sl-micro:6.0', null],
    ['cpe:/a:openEuler:openEuler:24.03-LTS-SP1', 'openeuler:24.03-lts-sp1', null],
  ])('%s is %s', (cpe, namespace, channel) => {
    expect(platformOf(platform(cpe))).toEqual({ namespace, channel });
  });

  it.each([
    'cpe:/a:redhat:amq_broker:7',
    'cpe:/o:suse:manager_proxy:4.2',
    'cpe:/o:redhat:enterprise_linux:-',
    'nonsense',
  ])('%s is no release', (cpe) => {
    expect(platformOf(platform(cpe))).toBeNull();
  });

  it('knows Azure Linux by its name', () => {
    expect(platformOf(product('17084', { name: 'Azure Linux 3.0' }))?.namespace).toBe('azurelinux:3.0');
    expect(platformOf(product('17086', { name: 'CBL Mariner 2.0' }))?.namespace).toBe('mariner:2.0');
  });
});

describe('packageOf', () => {
  const rhel = platform('cpe:/a:redhat:enterprise_linux:9::appstream');

  it.each([
    ['bind-32:9.8.2-0.68.rc1.el6_10.17.i686', 'bind', '32:9.8.2-0.68.rc1.el6_10.17', 'i686', ['binary']],
    ['libndr0-32bit-4.19.2+git.322.7e9201cef5-1.1', 'libndr0-32bit', '4.19.2+git.322.7e9201cef5-1.1', null, ['binary']],
    ['vim-9.0-33.oe2203sp3.src.rpm', 'vim', '9.0-33.oe2203sp3', null, ['source']],
    ['libndr0', 'libndr0', null, null, ['source', 'binary']],
    ['zero-0:1.0-1.noarch', 'zero', '1.0-1', null, ['binary']],
  ])('reads the name %s', (name, expected, version, architecture, nameKinds) => {
    expect(packageOf(on(product(name), rhel))).toMatchObject({ name: expected, version, architecture, nameKinds });
  });

  it.each([
    ['pkg:rpm/redhat/tomcat@9.0.87-1.el8_10.1?arch=src&epoch=1', 'tomcat', '1:9.0.87-1.el8_10.1', null],
    [
      'pkg:rpm/redhat/a@1-2.module%2Bel8.9.0%2B1?arch=x86_64&rpmmod=container-tools:rhel8:8090:e78',
      'a',
      '1-2.module+el8.9.0+1',
      'container-tools:rhel8',
    ],
    ['pkg:rpm/redhat/nodejs?arch=src&rpmmod=nodejs:18/nodejs', 'nodejs', null, 'nodejs:18'],
  ])('reads the purl %s', (purl, name, version, module) => {
    expect(packageOf(on(product('x', { purl }), rhel))).toMatchObject({ name, version, module });
  });

  it('finds the module that stands between package and platform', () => {
    const module = product('nodejs:18:80900', { purl: 'pkg:rpmmod/redhat/nodejs@18:8090020240101' });
    const inModule = product('AppStream:nodejs:18', { part: { component: module, of: rhel } });
    expect(packageOf(on(product('nodejs-1:18.1-1.x86_64'), inModule))).toMatchObject({
      module: 'nodejs:18',
      namespace: 'rhel:9',
    });
    expect(packageOf(on(product('nodejs:18/nodejs'), rhel))).toMatchObject({ name: 'nodejs', module: 'nodejs:18' });
  });

  it('reads ranges of Azure Linux', () => {
    const azure = product('17084', { name: 'Azure Linux 3.0' });
    expect(packageOf(on(product('2', { name: '<azl3 ruby 3.3.5-2' }), azure))).toMatchObject({
      name: 'ruby',
      version: '3.3.5-2',
      before: true,
      nameKinds: ['source'],
    });
  });

  it.each([
    ['a container image', on(product('ose/x@sha256:00', { purl: 'pkg:oci/x' }), rhel)],
    ['a jar', on(product('io.netty', { purl: 'pkg:maven/io.netty/x@1' }), rhel)],
    ['a part of what is no release', on(product('bouncycastle'), platform('cpe:/a:redhat:amq_broker:7'))],
    ['a whole product', product('FortiOS')],
    ['an endless name', on(product('x'.repeat(5_000)), rhel)],
  ])('%s is no package', (_what, subject) => {
    expect(packageOf(subject)).toBeNull();
  });
});
