import { COMMON_PASSWORDS } from './common-passwords.ts';

/** NIST SP 800-63B section 3.1.1.2 demands length and a list of bad ones, and advises against rules of composition. */
const LEAST_CHARACTERS = 12;

/**
 * Why a new password is refused; undefined: it is not.
 *
 * @param own Words that are known of the person: the login, the name, the e-mail address.
 */
export function passwordFault(password: string, own: readonly string[]): string | undefined {
  const length = [...password.normalize('NFC')].length;
  if (length < LEAST_CHARACTERS) return `It has ${length} characters; at least ${LEAST_CHARACTERS} are needed.`;
  const plain = bare(password);
  if (new Set(plain).size < 4) return 'It repeats a few characters.';
  if (own.some((word) => word.length > 3 && (plain === bare(word) || plain === bare(word).repeat(2))))
    return 'It is your own name, login or e-mail address.';
  if (COMMON_PASSWORDS.has(plain) || COMMON_PASSWORDS.has(bare(password.replace(/^[\d\W]+|[\d\W]+$/g, ''))))
    return 'It is one that many people use.';
  return undefined;
}

/** Without case and signs, so that `P@ssword-Password` is what it is. */
function bare(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('@', 'a')
    .replaceAll('$', 's')
    .replaceAll('0', 'o')
    .replace(/[\s\p{P}\p{S}]/gu, '');
}
