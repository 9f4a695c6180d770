import { LANGUAGE_TOOLS } from './language-tools.ts';
import { askForEach, askOne, firstLine, texts, type Tool } from './tool.ts';

const EMPTY = texts('no text at all', 'refused', (text) => text === '');
const UNPRINTABLE = texts(
  'blanks, control characters and what is not ASCII, which no package may have in its version',
  'refused',
  (text) => /[^!-~]/.test(text),
);

/** By the id of the scheme. */
export const TOOLS: ReadonlyMap<string, Tool> = new Map([
  [
    'deb',
    {
      name: 'dpkg --compare-versions',
      version: () => firstLine('dpkg', ['--version']),
      // A warning of bad syntax, with which dpkg goes on, is a refusal too: `--validate-version` fails for those.
      order: (pairs) =>
        askForEach(
          `case "$a$b" in -*) echo '?'; continue;; esac
           case "$b" in -*) echo '?'; continue;; esac
           dpkg --compare-versions "$a" lt "$b" 2>"$said"; code=$?
           if [ -s "$said" ]; then echo '?'
           elif [ $code = 0 ]; then echo '<'
           elif dpkg --compare-versions "$a" eq "$b"; then echo '='; else echo '>'; fi`,
          pairs,
        ),
      exceptions: [
        texts('no text at all and <unknown>, both "not installed" to dpkg', 'refused', (text) =>
          /^(<unknown>)?$/.test(text),
        ),
        texts('blanks around the version, which dpkg trims', 'refused', (text) => text !== text.trim()),
      ],
    },
  ],
  [
    'rpm',
    {
      name: 'rpm.vercmp',
      version: () => firstLine('rpm', ['--version']),
      order: (pairs) => askOne('rpm', ['--eval', `%{lua:${RPM_SCRIPT}}`], pairs),
      exceptions: [UNPRINTABLE],
    },
  ],
  [
    'alpm',
    {
      name: 'vercmp',
      version: () => firstLine('vercmp', ['--help']),
      order: (pairs) =>
        askForEach(
          `case "$(vercmp "$a" "$b")" in -1) echo '<';; 0) echo '=';; 1) echo '>';; *) echo '?';; esac`,
          pairs,
        ),
      exceptions: [
        UNPRINTABLE,
        EMPTY,
        {
          what: 'a part that ends in separators against one that goes on with separators and letters: vercmp runs in circles',
          how: 'may-be-refused',
          applies: (a, b) => mayRunInCircles(a, b) || mayRunInCircles(b, a),
        },
      ],
    },
  ],
  [
    'apk',
    {
      name: 'apk version --test',
      version: () => firstLine('apk', ['--version']),
      order: (pairs) =>
        askForEach(
          `case "$a" in -*|'') echo '?'; continue;; esac
           case "$b" in -*|'') echo '?'; continue;; esac
           if apk version --quiet --check "$a" "$b" >"$said"; then apk version --test "$a" "$b"; else echo '?'; fi`,
          pairs,
        ),
      exceptions: [
        texts('numbers beyond 2^64, which apk reads wrapped', 'not-asked', (text) => /[0-9]{20}/.test(text)),
        texts('digits behind the letter, for apk-tools 2 only', 'not-asked', (text) => /^[0-9.]+[a-z][0-9]/.test(text)),
      ],
    },
  ],
  [
    'freebsd',
    {
      name: 'pkg version --test-version',
      version: () => firstLine('pkg', ['--version']),
      order: (pairs) => askForEach(`pkg version -t "$a" "$b"`, pairs),
      exceptions: [
        texts('numbers beyond 2^63, which pkg cuts', 'not-asked', (text) => /[0-9]{19}/.test(text)),
        texts(
          'what is not of the form version[_revision][,epoch] with numbers behind the signs',
          'refused',
          (text) => !/^[0-9A-Za-z.+*:~]+(?:_[0-9]+)?(?:,[0-9]+)?$/.test(text),
        ),
      ],
    },
  ],
  ...LANGUAGE_TOOLS,
] satisfies readonly (readonly [string, Tool])[]);

/** A pkgver or pkgrel ends in separators, and the other text has letters behind separators somewhere. */
function mayRunInCircles(a: string, b: string): boolean {
  return /[^0-9A-Za-z](?:-[^-]*)?$/.test(a) && /(?:^|[^0-9A-Za-z])[^0-9A-Za-z]*[A-Za-z]/.test(b);
}

/** rpm's own interpreter, one process for all pairs. Each side has a sign in front, so that none is empty. */
const RPM_SCRIPT = `
  for line in io.stdin:lines() do
    local tab = line:find("\\t", 1, true)
    local fine, order = pcall(rpm.vercmp, line:sub(2, tab - 1), line:sub(tab + 2))
    io.stdout:write(not fine and "?" or order < 0 and "<" or order > 0 and ">" or "=", "\\n")
  end`;
