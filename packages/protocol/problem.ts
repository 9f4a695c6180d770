import { Type, type Static } from 'typebox';
import { Prose } from './fields.ts';

/** On whose side the cause of an error is: the caller's input, a remote party, this host, or another writer. */
export const ErrorSide = Type.Union([
  Type.Literal('input'),
  Type.Literal('remote'),
  Type.Literal('host'),
  Type.Literal('conflict'),
]);
export type ErrorSide = Static<typeof ErrorSide>;

/** Every error reply of the server (RFC 9457, problem details), as application/problem+json. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Prose,
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  /** A literal code that programs may test: kebab-case. */
  code: Type.String(),
  side: ErrorSide,
  detail: Type.Optional(Prose),
  /** What the reader can do about it. */
  hint: Type.Optional(Prose),
  /** Members that a code defines, such as `lastSequence` of `stale-sequence`, `problems` of `policy-invalid`. */
  extra: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type Problem = Static<typeof Problem>;
export const PROBLEM_TYPE = 'application/problem+json';
