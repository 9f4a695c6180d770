import type { Endpoint } from '../endpoint.ts';

const ROOT = '/srv/box';

/** Starts a container's like: processes with namespaces and a root of their own, in which apk's database lists packages. */
export async function startContainer(machine: Endpoint, packages: Readonly<Record<string, string>>): Promise<void> {
  await machine.write(`${ROOT}/etc/os-release`, 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\n');
  await machine.write(`${ROOT}/etc/hostname`, 'box\n');
  const blocks = Object.entries(packages).map(
    ([name, version]) => `C:Q1aaaaaaaaaaaaaaaaaaaaaaaaaaa=\nP:${name}\nV:${version}\nA:x86_64\no:${name}\n`,
  );
  await machine.write(`${ROOT}/lib/apk/db/installed`, `${blocks.join('\n')}\n`);
  // Links to the machine's own files must lead nowhere.
  await machine.shell(`
    ln -s /var/lib/dpkg ${ROOT}/var-lib-dpkg; mkdir -p ${ROOT}/var/lib; ln -s ../../../../var/lib/dpkg ${ROOT}/var/lib/dpkg
    for each in /bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*'); do mkdir -p "${ROOT}$(dirname $each)"; cp -L $each "${ROOT}$each"; done
    systemd-run --quiet --unit=box unshare --mount --pid --fork chroot ${ROOT} /bin/sleep infinity
    for try in $(seq 100); do systemctl is-active --quiet box && exit 0; sleep 0.1; done; exit 1`);
}
