import type { IncomingMessage, ServerResponse } from 'node:http';
import { ContentFault, type ContentStore } from '../model/index.ts';
import { sendBody, sendWithoutBody, validatorsOf, wholeOf } from './answer.ts';
import { createBodySource } from './body-source.ts';
import { evaluateConditions } from './conditions.ts';
import { type ContentAddress, readContentAddress } from './content-address.ts';
import {
  type ContentProblem,
  INTERNAL,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  problemOfFault,
  sendProblem,
  UNSAFE_ADDRESS,
} from './content-problem.ts';
import type { ServableFile } from './servable-file.ts';

type Soon<T> = T | Promise<T>;

export interface ContentHandlerOptions<Principal> {
  readonly store: Pick<ContentStore, 'read' | 'localPath'>;
  /** Who asks. Values and promises are both taken: what is known at once costs no turn of the event loop. */
  readonly authorise: (
    request: IncomingMessage,
  ) => Soon<{ readonly kind: 'allowed'; readonly principal: Principal } | ContentProblem>;
  readonly resolve: (address: ContentAddress, principal: Principal) => Soon<ServableFile | ContentProblem>;
  /** Called once for each GET that sent a file or a part of it, also when the client broke off. */
  readonly onServed?: (served: Served<Principal>) => void;
  /** Called for each request that is answered with a problem. */
  readonly onRefused?: (problem: ContentProblem) => void;
  /** What went wrong on this side or upstream. Clients that break off are no errors. */
  readonly onError?: (error: unknown, address: ContentAddress) => void;
  /** For small files that are kept in memory. */
  readonly hotBytes?: number;
}

export interface Served<Principal> {
  readonly principal: Principal;
  readonly address: ContentAddress;
  readonly sha256: string | null;
  /** Of the body, that the kernel took; of a piece that was under way when the client broke off, nothing. */
  readonly sentBytes: number;
  /** It was there, or already on its way for somebody else. */
  readonly hit: boolean;
}

export type ContentHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const HOT_BYTES = 64 * 1024 * 1024;

/** Serves `/content/…` (see readContentAddress). It answers every request; it never throws. Resolves when the answer has ended. */
export function createContentHandler<Principal>(options: ContentHandlerOptions<Principal>): ContentHandler {
  const bodyOf = createBodySource(options.store, options.hotBytes ?? HOT_BYTES);
  const refuse = (request: IncomingMessage, response: ServerResponse, problem: ContentProblem): void => {
    options.onRefused?.(problem);
    sendProblem(request, response, problem);
  };
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(request, response, METHOD_NOT_ALLOWED);
    const address = readContentAddress(request.url ?? '');
    if (address === 'unsafe') return refuse(request, response, UNSAFE_ADDRESS);
    if (address === null) return refuse(request, response, NOT_FOUND);
    try {
      const decision = options.authorise(request);
      const allowed = decision instanceof Promise ? await decision : decision;
      if (allowed.kind === 'problem') return refuse(request, response, allowed);
      const resolution = options.resolve(address, allowed.principal);
      const file = resolution instanceof Promise ? await resolution : resolution;
      if (file.kind === 'problem') return refuse(request, response, file);
      const verdict = evaluateConditions(request.method, request.headers, validatorsOf(file), file.sizeBytes);
      if (request.method === 'HEAD' || (verdict.kind !== 'whole' && verdict.kind !== 'part'))
        return sendWithoutBody(request, response, file, verdict);
      const body = await bodyOf(file, verdict.kind === 'part' ? verdict : wholeOf(file));
      const { sha256, hit } = body;
      const { principal } = allowed;
      await sendBody(response, file, verdict, body, (sentBytes) =>
        options.onServed?.({ principal, address, sha256, sentBytes, hit }),
      );
    } catch (error) {
      options.onError?.(error, address);
      if (response.headersSent) request.socket.destroy();
      else sendProblem(request, response, error instanceof ContentFault ? problemOfFault(error) : INTERNAL);
    }
  };
}
