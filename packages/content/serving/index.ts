export { readRange } from './byte-range.ts';
export { evaluateConditions, type Validators, type Verdict } from './conditions.ts';
export { type ContentAddress, readContentAddress } from './content-address.ts';
export {
  type ContentHandler,
  type ContentHandlerOptions,
  createContentHandler,
  type Served,
} from './content-handler.ts';
export { type ContentProblem, sendProblem, UNAUTHORISED } from './content-problem.ts';
export { secretOf } from './credentials.ts';
export type { ServableFile } from './servable-file.ts';
export { createTicketCheck, type TicketCheckOptions, type TicketVerdict } from './ticket-check.ts';
