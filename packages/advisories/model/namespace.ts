/** The facts of os-release(5) that place an installation. */
export interface OperatingSystem {
  readonly id: string;
  readonly idLike: readonly string[];
  readonly versionId: string;
  readonly codename: string;
  /** `UBUNTU_CODENAME` or `DEBIAN_CODENAME`, with which derivatives name the release that they build on. */
  readonly baseCodename?: string;
}

export interface Namespace {
  /** `debian:12`, `ubuntu:22.04`, `almalinux:9`, `alpine:3.19`, `wolfi`, `arch`, `freebsd:14`, `amzn:2023`. */
  readonly namespace: string;
  readonly scheme: 'deb' | 'rpm' | 'apk' | 'alpm' | 'freebsd';
  /** Set for a derivative (Raspberry Pi OS, Linux Mint): the words in which to say so. */
  readonly derivedFrom: string | null;
}

/** A distribution whose packages no advisories speak of. */
export interface NoNamespace {
  /** In words, with what follows from it. */
  readonly gap: string;
  /** The name under which its software is kept all the same: `kali:2024.3`. */
  readonly namespace: string;
}
