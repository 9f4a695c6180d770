import { Collector } from '../../collector.ts';
import { SBOM_LIMITS, SbomError, type Reader } from '../../reader.ts';
import { pypiCoordinates } from './coordinates.ts';

const PLACE = /\.(?:dist-info\/METADATA|egg-info\/PKG-INFO|egg-info)$/;

/** An installed distribution (PEP 376, core metadata): the headers until the first empty line. */
export const pythonMetadata: Reader = {
  id: 'python/metadata',
  files: '*.dist-info/METADATA, *.egg-info/PKG-INFO',
  matches: (path) => PLACE.test(path),
  read(bytes, path) {
    if (bytes.byteLength > SBOM_LIMITS.fileBytes) throw new SbomError('too-large', `${path} is too large`);
    // Old packages are in other encodings; the headers that matter are ASCII.
    const head =
      Buffer.from(bytes)
        .toString('latin1')
        .split(/\r?\n\r?\n/, 1)[0] ?? '';
    const found = new Collector(path);
    const name = /^Name: *(\S+)\s*$/m.exec(head)?.[1];
    const version = /^Version: *(\S+)\s*$/m.exec(head)?.[1];
    if (name === undefined || version === undefined)
      throw new SbomError('malformed', `${path} states no name and version`);
    const licence = /^License(?:-Expression)?: *(.{1,200})$/m.exec(head)?.[1]?.trim();
    found.add(pypiCoordinates(name, version), licence === undefined ? [] : [licence]);
    return found.outcome();
  },
};
