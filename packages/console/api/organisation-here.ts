import { API } from '@thimble/protocol';
import { type Query, queryString } from './query-string.ts';

const ORGANISATION_PATH = /^\/in\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=\/|$)/;

/** The organisation that an address of the console names; undefined: the reader's own. */
export function organisationOf(pathname: string): string | undefined {
  return ORGANISATION_PATH.exec(pathname)?.[1];
}

/**
 * The organisation in which this page acts, from its own address. It is settled when the page is loaded and stays: going to
 * another one loads another page, so nothing that was fetched, is being fetched or typed in can come from one to the other.
 */
export const ORGANISATION_HERE: string | undefined =
  typeof location === 'undefined' ? undefined : organisationOf(location.pathname);

/** What the addresses of an organisation's pages begin with; undefined: the reader's own. */
export function baseOf(organisationId: string | undefined): string {
  return organisationId === undefined ? '/' : `/in/${organisationId}`;
}

/** A page in another organisation: for plain links, never for the router. */
export function addressIn(organisationId: string | undefined, page: string): string {
  return organisationId === undefined ? page : `/in/${organisationId}${page}`;
}

/** Of something that the browser asks for by itself, and so without our headers: a file, a stream. */
export function fileAddress(path: string, query: Query = {}): string {
  return `${API}${path}${queryString({ ...query, organisation: ORGANISATION_HERE })}`;
}
