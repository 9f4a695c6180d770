import type { VendorPackage } from '../vendor/deb-package.ts';

const DAEMON = '/usr/lib/lab-service/daemon';
const UNIT = `[Unit]
Description=a service of the lab

[Service]
ExecStart=${DAEMON} infinity

[Install]
WantedBy=multi-user.target
`;

/**
 * A service whose program its package owns and replaces, and which goes on with the old one until somebody restarts it:
 * sleep(1) under another name, put in the place of what dpkg unpacked.
 */
export function labService(version: string): VendorPackage {
  return {
    name: 'lab-service',
    version,
    programs: { [DAEMON]: `#!/bin/sh\n# ${version}\n` },
    files: { '/lib/systemd/system/lab-service.service': UNIT },
    scripts: {
      postinst: `cp /bin/sleep ${DAEMON}.new; mv ${DAEMON}.new ${DAEMON}
if [ -z "$2" ]; then systemctl daemon-reload; systemctl enable --now lab-service.service; fi`,
    },
  };
}
