/** The facts of os-release(5) that place an installation. */
export interface OperatingSystem {
  readonly id: string;
  readonly idLike: readonly string[];
  readonly versionId: string;
  readonly codename: string;
}

export interface Namespace {
  /** `debian:12`, `ubuntu:22.04`, `almalinux:9`, `alpine:3.19`, `wolfi`, `arch`, `freebsd:14`, `amzn:2023`. */
  readonly namespace: string;
  readonly scheme: 'deb' | 'rpm' | 'apk' | 'alpm' | 'freebsd';
  /** Set for a derivative (Raspberry Pi OS, Linux Mint): the words in which to say so. */
  readonly derivedFrom: string | null;
}
