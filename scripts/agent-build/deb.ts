import { createHash } from 'node:crypto';
import {
  CHECK_IN_UNIT,
  checkInUnit,
  DEFAULT_STATE_DIRECTORY,
  DEFAULT_TIMER_MINUTES,
  SERVICE_UNIT,
  serviceUnit,
  TIMER_UNIT,
  timerUnit,
} from '@thimble/agent';
import { ar, tarGz, type Entry } from './archive.ts';

const UNITS = './usr/lib/systemd/system';

/** The agent as a Debian package (deb(5)). The same input gives the same bytes. */
export async function makeDeb(options: {
  readonly executable: Uint8Array;
  readonly license: string;
  readonly version: string;
  /** Debian's name. */
  readonly architecture: string;
  /** Unix time, seconds, of every file in it. */
  readonly epoch: number;
  /** Of the repository from which this agent takes its own updates; left out: it takes none until a root is given to it. */
  readonly updateRoot?: Uint8Array;
}): Promise<Buffer> {
  const { executable, license, version, architecture, epoch, updateRoot } = options;
  const files: readonly Entry[] = [
    file('./usr/bin/thimble', executable, 0o755),
    ...units().map(([name, text]) => file(`${UNITS}/${name}`, Buffer.from(text))),
    file('./usr/share/doc/thimble-agent/copyright', Buffer.from(license)),
    ...(updateRoot === undefined ? [] : [file('./usr/share/thimble-agent/update-root.json', updateRoot)]),
  ];
  const installedKib = Math.ceil(files.reduce((total, { data }) => total + (data?.byteLength ?? 0), 0) / 1024);
  const sums = files.map(({ name, data }) => `${md5(data ?? new Uint8Array())}  ${name.slice(2)}\n`).join('');
  const control: readonly Entry[] = [
    file('./control', Buffer.from(controlFile(version, architecture, installedKib))),
    file('./md5sums', Buffer.from(sums)),
    file('./postinst', Buffer.from(POSTINST), 0o755),
    file('./prerm', Buffer.from(PRERM), 0o755),
    file('./postrm', Buffer.from(POSTRM), 0o755),
  ];
  return ar(
    [
      { name: 'debian-binary', data: Buffer.from('2.0\n') },
      { name: 'control.tar.gz', data: await tarGz(withFolders(control), epoch) },
      { name: 'data.tar.gz', data: await tarGz(withFolders(files), epoch) },
    ],
    epoch,
  );
}

/** The units as the package has them: those that `agent enroll` would write for /usr/bin/thimble. */
function units(): readonly (readonly [string, string])[] {
  const settings = {
    command: ['/usr/bin/thimble'],
    stateDirectory: DEFAULT_STATE_DIRECTORY,
    timerMinutes: DEFAULT_TIMER_MINUTES,
  };
  return [
    [CHECK_IN_UNIT, checkInUnit(settings)],
    [SERVICE_UNIT, serviceUnit(settings)],
    [TIMER_UNIT, timerUnit(settings)],
  ];
}

function file(name: string, data: Uint8Array, mode = 0o644): Entry {
  return { name, mode, data };
}

/** Every folder before what is in it. */
function withFolders(files: readonly Entry[]): readonly Entry[] {
  const folders = new Set<string>(['./']);
  for (const { name } of files)
    for (let at = name.indexOf('/', 2); at > 0; at = name.indexOf('/', at + 1)) folders.add(name.slice(0, at + 1));
  return [...[...folders].sort().map((name) => ({ name, mode: 0o755 })), ...files];
}

function md5(data: Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}

function controlFile(version: string, architecture: string, installedKib: number): string {
  return `Package: thimble-agent
Version: ${version}
Architecture: ${architecture}
Maintainer: Thimble <maintainers@thimble.invalid>
Installed-Size: ${installedKib}
Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1 | libgcc1
Recommends: systemd, ca-certificates
Section: admin
Priority: optional
Description: keeps this machine's software patched, on orders of a Thimble server
 The agent reports what is installed and which updates are pending, and
 installs exactly the transactions that were approved. It only installs what
 the distribution itself signed. It does nothing until it is enrolled:
 thimble agent enroll.
`;
}

const POSTINST = `#!/bin/sh
set -e
# Nothing runs before the machine is enrolled; after that an upgrade goes on as the machine was set.
if [ "$1" = configure ] && [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
  if [ -e ${DEFAULT_STATE_DIRECTORY}/identity ]; then
    if systemctl --quiet is-enabled ${TIMER_UNIT} 2>/dev/null; then
      systemctl --no-block restart ${TIMER_UNIT} >/dev/null || true
    else
      systemctl --quiet enable ${SERVICE_UNIT} || true
      systemctl --no-block restart ${SERVICE_UNIT} >/dev/null || true
    fi
  fi
fi
exit 0
`;

const PRERM = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  systemctl --quiet disable --now ${SERVICE_UNIT} ${TIMER_UNIT} || true
fi
exit 0
`;

const POSTRM = `#!/bin/sh
set -e
if [ "$1" = purge ]; then
  rm -rf ${DEFAULT_STATE_DIRECTORY}
  rm -f /etc/systemd/system/${SERVICE_UNIT} /etc/systemd/system/${CHECK_IN_UNIT} /etc/systemd/system/${TIMER_UNIT}
fi
if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
fi
exit 0
`;
