import type { VendorPackage } from '../../vendor/deb-package.ts';

const UNIT = 'shop.service';

/** Whether the new version's service runs, and whether its maintainer script gets that far. */
export type ShopQuality = 'good' | 'service-fails' | 'script-fails';

/** A package with a service, as vendors build them (deb-systemd-invoke(1p)): it is restarted by its maintainer script. */
export function shop(version: string, quality: ShopQuality = 'good'): VendorPackage {
  return {
    name: 'shop',
    version,
    files: {
      [`/usr/lib/systemd/system/${UNIT}`]: [
        '[Unit]',
        'Description=Shop of the lab',
        '[Service]',
        'ExecStart=/usr/bin/shop',
        '[Install]',
        'WantedBy=multi-user.target',
        '',
      ].join('\n'),
    },
    programs: {
      '/usr/bin/shop':
        quality === 'service-fails' ? '#!/bin/sh\nexit 1\n' : `#!/bin/sh\n# ${version}\nexec sleep infinity\n`,
    },
    scripts: {
      postinst: [
        ...(quality === 'script-fails' ? ['echo "shop: the database schema is unknown" >&2', 'exit 1'] : []),
        'if [ -d /run/systemd/system ]; then',
        '  systemctl --system daemon-reload',
        `  systemctl enable --quiet ${UNIT}`,
        `  deb-systemd-invoke restart ${UNIT} || true`,
        'fi',
      ].join('\n'),
    },
  };
}
