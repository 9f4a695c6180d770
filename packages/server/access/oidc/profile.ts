/** What is taken from a provider's claims (OpenID Connect Core 1.0 section 5.1). */
export interface Profile {
  readonly subject: string;
  readonly name: string;
  /** In the form of our logins, best first; an address only when the provider says that it is verified. */
  readonly logins: readonly string[];
  readonly email: string | null;
  readonly groups: ReadonlySet<string>;
}

/** More groups than anybody has; the rest is ignored. */
const GROUPS_LIMIT = 1_000;

export function readProfile(claims: Readonly<Record<string, unknown>>, groupsClaim: string): Profile {
  const text = (name: string): string | null => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const given = text('email');
  const isEmail = given !== null && given.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(given);
  const email = isEmail && claims['email_verified'] !== false ? given : null;
  // Where nobody says that it is verified, people may be able to write any address there.
  const verified = claims['email_verified'] === true ? email : null;
  const logins = [text('preferred_username'), verified].flatMap((each) => {
    const login = each?.toLowerCase() ?? '';
    return /^[a-z0-9][a-z0-9._@+-]{0,199}$/.test(login) ? [login] : [];
  });
  const subject = text('sub') ?? '';
  return {
    subject,
    name: (text('name') ?? text('preferred_username') ?? email ?? subject).slice(0, 200),
    logins,
    email,
    groups: new Set(readGroups(claims[groupsClaim])),
  };
}

/** Most send a list; some a single group as text. Anything else is no group. */
function readGroups(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value.slice(0, GROUPS_LIMIT).filter((each) => typeof each === 'string');
}
