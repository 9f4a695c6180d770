import { sha256 } from '@thimble/protocol/signing';

interface Placed {
  readonly format: string;
  readonly uris: readonly string[];
  readonly mirrorList: string | null;
  readonly suite: string;
}

/** An address as it is compared: without credentials, in the URL's usual form, without slashes at its end. */
export function comparable(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address.replace(/\/+$/, '');
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}

/** Names the place of a repository, stable over endpoints and time. */
export function placeId({ format, uris, mirrorList, suite }: Placed): string {
  const first = uris[0];
  return sha256(
    JSON.stringify([
      format,
      first === undefined ? '' : comparable(first),
      mirrorList === null ? '' : comparable(mirrorList),
      suite,
    ]),
  );
}

/** By which names one and the same place is known: each address with the suite, and the list of mirrors. */
export function placeNames({ format, uris, mirrorList, suite }: Placed): readonly string[] {
  return [
    ...uris.map((uri) => `${format}\0${comparable(uri)}\0${suite}`),
    ...(mirrorList === null ? [] : [`${format}\0list ${comparable(mirrorList)}\0${suite}`]),
  ];
}
