import { useQuery } from '@tanstack/react-query';
import type { Session } from '@thimble/protocol';
import { sessionQuery } from '../api/queries.ts';

/** Names that every shell takes between single quotes as they are, and that no terminal shows as something else. */
const PLAIN_NAME = /^[\p{L}\p{N} ._&()-]+$/u;

/** A command to be copied, that acts where this page does: `thimble` by itself acts in the reader's own organisation. */
export function useCommandHere(command: string): string {
  const session = useQuery(sessionQuery).data;
  return session === undefined ? command : commandIn(session, command);
}

export function commandIn({ organisation, home }: Pick<Session, 'organisation' | 'home'>, command: string): string {
  if (organisation.id === home.id) return command;
  return `${command} --organisation ${PLAIN_NAME.test(organisation.name) ? `'${organisation.name}'` : organisation.id}`;
}
