import type { IdentityProviderList, Me, PersonSessionList, SignInRules, SignInWays } from '@thimble/protocol';
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { keys } from './keys.ts';

export const signInWaysQuery = (organisation?: string) =>
  queryOptions({
    queryKey: ['sign-in', organisation],
    queryFn: ({ signal }) => get<SignInWays>('/sign-in', { organisation }, signal),
    staleTime: Infinity,
  });

export const meQuery = queryOptions({ queryKey: keys.me, queryFn: ({ signal }) => get<Me>('/me', {}, signal) });

export const ownSessionsQuery = queryOptions({
  queryKey: keys.ownSessions,
  queryFn: ({ signal }) => get<PersonSessionList>('/me/sessions', {}, signal),
});

export const identityProvidersQuery = queryOptions({
  queryKey: keys.identityProviders,
  queryFn: ({ signal }) => get<IdentityProviderList>('/identity-providers', {}, signal),
});

export const signInRulesQuery = queryOptions({
  queryKey: keys.signInRules,
  queryFn: ({ signal }) => get<SignInRules>('/sign-in-rules', {}, signal),
});
