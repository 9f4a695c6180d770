import { ecosystemOf } from '../model/namespace-name.ts';

export interface SignedSource {
  /** The source that advisories name. */
  readonly name: string;
  readonly version: string;
  readonly why: string;
}

interface Named {
  readonly name: string;
  readonly version: string;
}

/**
 * Signed boot software is built twice: the real source, and a second source that only adds a signature. Advisories name
 * the first, dpkg reports the second. Both version numbers hold the same information, so the real one can be written
 * down exactly; where it can't, null is returned and the signed source stands for itself.
 *
 * Debian: `linux-signed-amd64 6.1.140+1` is `linux 6.1.140-1` (a native package can't have a revision, so its `-` became
 * `+`); `grub-efi-amd64-signed 1+2.06+13+deb12u1` is `grub2 2.06-13+deb12u1`; `fwupd-amd64-signed 1:1.4+1` is `fwupd-efi 1:1.4-1`
 * (`fwupd` up to 1.5); package `shim-signed 1.44~1+deb12u1+15.8-1~deb12u1` carries `shim 15.8-1~deb12u1`.
 * Ubuntu: `linux-signed-aws 6.8.0-1021.23` is `linux-aws`, same version. Its metapackages (`linux-meta`, `5.15.0.105.102`) hold no
 * code and have numbers of their own: they are nobody's signed build.
 */
export function signedSourceOf(namespace: string, source: Named, binary: Named): SignedSource | null {
  const distribution = ecosystemOf(namespace);
  if (distribution === 'ubuntu') return ubuntuKernel(source);
  if (distribution !== 'debian') return null;
  return debianKernel(source) ?? debianBoot(source) ?? debianFirmwareUpdater(source) ?? debianShim(source, binary);
}

function debianKernel(source: Named): SignedSource | null {
  // linux-signed-amd64, and of a later series for an older release: linux-signed-6.1-amd64 is of linux-6.1.
  const series = /^linux-signed(-\d+\.\d+)?-[a-z0-9]+$/.exec(source.name);
  return series === null ? null : withRevision(source, `linux${series[1] ?? ''}`, /^(\d[\d.]*(?:~rc\d+)?)\+(\d.*)$/);
}

/** `shim-helpers-amd64-signed 1+16.1+2~deb12u1`, `systemd-boot-efi-amd64-signed 257.13+1~deb13u1`. */
function debianBoot(source: Named): SignedSource | null {
  if (/^grub-efi-[a-z0-9]+-signed$/.test(source.name))
    return withRevision(source, 'grub2', /^1\+(\d[\d.]*(?:~(?:rc|beta)\d+)?(?:\+dfsg\d*)?)\+(\d.*)$/);
  if (/^shim-helpers-[a-z0-9]+-signed$/.test(source.name))
    return withRevision(source, 'shim', /^1\+(\d[\d.]*)\+(\d.*)$/);
  if (/^systemd-boot-efi-[a-z0-9]+-signed$/.test(source.name))
    return withRevision(source, 'systemd', /^(\d[\d.]*(?:~rc\d+)?)\+(\d.*)$/);
  return null;
}

/** The form tells upstream version and revision apart; another form is not mapped. */
function withRevision(source: Named, name: string, form: RegExp): SignedSource | null {
  const parts = form.exec(source.version);
  return parts === null ? null : signed(source, name, `${parts[1]}-${parts[2]}`);
}

function debianFirmwareUpdater(source: Named): SignedSource | null {
  if (!/^fwupd-[a-z0-9]+-signed$/.test(source.name)) return null;
  const parts = /^(1:)?(\d[\d.]*)\+(\d.*)$/.exec(source.version);
  if (parts === null) return null;
  // The epoch came with the split into fwupd-efi.
  return signed(source, parts[1] === undefined ? 'fwupd' : 'fwupd-efi', `${parts[1] ?? ''}${parts[2]}-${parts[3]}`);
}

function debianShim(source: Named, binary: Named): SignedSource | null {
  if (source.name !== 'shim-signed' || binary.name !== 'shim-signed') return null;
  const shim = /\+(\d[\d.]*-[^+]*(?:\+deb\d+u\d+)?)$/.exec(binary.version)?.[1];
  return shim === undefined ? null : signed({ name: binary.name, version: binary.version }, 'shim', shim);
}

function ubuntuKernel(source: Named): SignedSource | null {
  const flavour = /^linux-signed(-[a-z0-9.-]+)?$/.exec(source.name);
  if (flavour === null || !/^\d+\.\d+\.\d+-\d+\.\d+/.test(source.version)) return null;
  return signed(source, `linux${flavour[1] ?? ''}`, source.version);
}

function signed(from: Named, name: string, version: string): SignedSource {
  const why = `${from.name} ${from.version} is the signed build of ${name} ${version}, under which advisories speak of it`;
  return { name, version, why };
}
