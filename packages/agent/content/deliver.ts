import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AgentContentReply, ContentPlace } from '@thimble/protocol';
import type { Clock } from '../clock.ts';
import { ServerFailure } from '../connection/server-failure.ts';
import type { Bandwidth } from './bandwidth.ts';
import { PlaceError, type PlaceClient } from './place-client.ts';
import { readBody } from './read-body.ts';

/** What a delivery needs of the gateway. */
export interface Delivery {
  /** Best first, those that failed a moment ago last. */
  places(): Promise<{
    readonly access: AgentContentReply;
    readonly places: readonly ContentPlace[];
    /** Each of them failed a moment ago. */
    readonly allFailed: boolean;
  }>;
  /** A place refused this ticket. */
  renewed(refused: AgentContentReply): Promise<AgentContentReply>;
  client(place: ContentPlace): PlaceClient;
  failed(place: ContentPlace, error: Error): void;
  count(place: ContentPlace, bytes: number): void;
  readonly bandwidth: Bandwidth;
  readonly clock: Clock;
  readonly idleMs: number;
}

export interface Wanted {
  readonly method: 'GET' | 'HEAD';
  /** From `/content/` on. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly signal: AbortSignal;
}

/** Pauses before each round of the places: a server that restarts is back within seconds. */
const ROUND_PAUSES_MS = [0, 1_000, 4_000] as const;
/** apt itself asks again for what has not begun; who waited in vain just now need not do so again. */
const ROUNDS_TO_BEGIN = 2;
/** A line that is cut again and again makes progress, but not for ever. */
const PARTS_MAX = 200;
const REFUSALS: readonly number[] = [404, 412, 416, 451];
const ASKED = ['range', 'if-range', 'if-modified-since', 'if-none-match'] as const;
const TOLD = [
  'content-type',
  'content-length',
  'content-range',
  'etag',
  'last-modified',
  'accept-ranges',
  'repr-digest',
] as const;

/** How far the client's answer is. */
interface Under {
  /** Absolute positions in the file: next to send, and one after the last; null: not told. */
  nextByte: number;
  readonly endByte: number | null;
  readonly etag: string | null;
}

/**
 * Answers from the first place that has it. What breaks off goes on at another place, at the same byte of the same
 * file: its entity tag is its digest. Nothing is said to the client before a place has something to say. Relays need no
 * trust: package managers check the bytes, and a relay's refusal counts only when the server can't be asked.
 */
export async function deliver(wanted: Wanted, response: ServerResponse, delivery: Delivery): Promise<void> {
  let under: Under | null = null;
  let refusal: { readonly place: ContentPlace; readonly reply: IncomingMessage } | null = null;
  let roundsToBegin: number = ROUNDS_TO_BEGIN;
  for (let round = 0, parts = 0; round < ROUND_PAUSES_MS.length && parts < PARTS_MAX; round += 1) {
    await delivery.clock.sleep(ROUND_PAUSES_MS[round] ?? 0, wanted.signal);
    const { access, places, allFailed } = await delivery.places();
    if (round === 0) roundsToBegin = allFailed ? 1 : ROUNDS_TO_BEGIN;
    if (under === null && round >= roundsToBegin) break;
    for (const place of places) {
      if (wanted.signal.aborted) return void response.destroy();
      // After a relay's refusal the server decides; another relay may not have heard of a recall.
      if (refusal !== null && under === null && place.kind === 'relay') continue;
      parts += 1;
      const before: number = under?.nextByte ?? -1;
      try {
        const reply = await ask(place, wanted, under, access, delivery);
        if (under === null) {
          if (place.kind === 'relay' && REFUSALS.includes(reply.statusCode ?? 0)) {
            reply.destroy();
            // A relay knows only what it has heard of.
            if (reply.statusCode !== 404) refusal = { place, reply };
            continue;
          }
          under = begin(reply, response);
          if (refusal !== null && under !== null)
            delivery.failed(
              refusal.place,
              new PlaceError(`it answered ${refusal.reply.statusCode}, the server did not`),
            );
          if (under === null || wanted.method === 'HEAD') return finish(reply, response);
        }
        await pass(reply, response, under, place, wanted.signal, delivery);
        return void response.end();
      } catch (error) {
        if (wanted.signal.aborted || response.destroyed) return void response.destroy();
        if (!(error instanceof PlaceError)) throw error;
        delivery.failed(place, error);
        // As long as it goes on, it goes on.
        if (under !== null && under.nextByte > before) round = 0;
      }
    }
  }
  if (under !== null) response.destroy();
  else if (refusal === null) refuse(response, 503);
  else {
    begin(refusal.reply, response);
    response.end();
  }
}

/** What apt shows of an answer are its status and its words. */
export function refuse(response: ServerResponse, status: 404 | 405 | 451 | 503): void {
  response.writeHead(status, { 'content-length': '0' }).end();
}

async function ask(
  place: ContentPlace,
  { method, path, headers, signal }: Wanted,
  under: Under | null,
  access: AgentContentReply,
  delivery: Delivery,
): Promise<IncomingMessage> {
  const forwarded: Record<string, string> = {};
  if (under === null)
    for (const name of ASKED) {
      const value = headers[name];
      if (typeof value === 'string') forwarded[name] = value;
    }
  else forwarded['range'] = `bytes=${under.nextByte}-${under.endByte === null ? '' : under.endByte - 1}`;
  const client = delivery.client(place);
  const send = ({ ticket }: AgentContentReply) =>
    client.ask({ method, path, headers: { ...forwarded, authorization: `Bearer ${ticket}` }, signal });
  let reply = await send(access);
  if (reply.statusCode === 401) {
    reply.destroy();
    reply = await send(await renewed(access, delivery));
  }
  const status = reply.statusCode ?? 0;
  const fits = under === null ? answers(status, forwarded) : status === 206 && goesOn(reply, under);
  if (fits) return reply;
  reply.destroy();
  throw new PlaceError(under === null ? `it answered ${status}` : `it does not go on with this file (${status})`);
}

/** It is an answer to what was asked: who asked for no part, and has nothing, can't do anything with 206 and 304. */
function answers(status: number, asked: Readonly<Record<string, string>>): boolean {
  if (status === 206) return 'range' in asked;
  if (status === 304) return 'if-none-match' in asked || 'if-modified-since' in asked;
  return status === 200 || REFUSALS.includes(status);
}

async function renewed(access: AgentContentReply, delivery: Delivery): Promise<AgentContentReply> {
  try {
    return await delivery.renewed(access);
  } catch (cause) {
    if (!(cause instanceof ServerFailure)) throw cause;
    // Another place may still take this one.
    throw new PlaceError(`it does not take the ticket, and there is no other: ${cause.message}`, { cause });
  }
}

/** Passes the head on. null: there is nothing more to come. */
function begin(reply: IncomingMessage, response: ServerResponse): Under | null {
  const status = reply.statusCode ?? 0;
  const headers: Record<string, string> = {};
  for (const name of TOLD) {
    const value = reply.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  if (status !== 200 && status !== 206) {
    // Their bodies are words for people, which apt does not show.
    if (status !== 304) headers['content-length'] = '0';
    delete headers['content-type'];
    response.writeHead(status, headers);
    return null;
  }
  const length = Number(reply.headers['content-length'] ?? Number.NaN);
  const range = status === 206 ? rangeOf(reply) : null;
  response.writeHead(status, headers);
  const nextByte = range?.startByte ?? 0;
  const endByte = Number.isSafeInteger(length) ? nextByte + length : null;
  return { nextByte, endByte, etag: reply.headers.etag ?? null };
}

function finish(reply: IncomingMessage, response: ServerResponse): void {
  reply.resume();
  response.end();
}

/** Bytes to the client, as fast as it takes them and as the limit lets them. @throws PlaceError when the body breaks off */
async function pass(
  reply: IncomingMessage,
  response: ServerResponse,
  under: Under,
  place: ContentPlace,
  signal: AbortSignal,
  delivery: Delivery,
): Promise<void> {
  for await (const piece of readBody(reply, delivery.idleMs)) {
    if (under.endByte !== null && under.nextByte + piece.byteLength > under.endByte)
      throw new PlaceError('it sends more than it said');
    await delivery.bandwidth.take(piece.byteLength, signal);
    if (signal.aborted) throw new PlaceError('aborted');
    under.nextByte += piece.byteLength;
    delivery.count(place, piece.byteLength);
    if (!response.write(piece)) await drained(response);
  }
  if (under.endByte !== null && under.nextByte < under.endByte) throw new PlaceError('the file broke off');
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

/** The very same file, from the very byte that is missing. */
function goesOn(reply: IncomingMessage, { nextByte, endByte, etag }: Under): boolean {
  const range = rangeOf(reply);
  if (etag === null || !/^"[0-9a-f]{64}"$/.test(etag) || reply.headers.etag !== etag) return false;
  return range !== null && range.startByte === nextByte && (endByte === null || range.endByte === endByte);
}

function rangeOf(reply: IncomingMessage): { readonly startByte: number; readonly endByte: number } | null {
  const [, first, last] = /^bytes (\d{1,15})-(\d{1,15})\//.exec(reply.headers['content-range'] ?? '') ?? [];
  return first === undefined || last === undefined ? null : { startByte: Number(first), endByte: Number(last) + 1 };
}
