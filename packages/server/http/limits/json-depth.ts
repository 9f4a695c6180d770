import { HttpProblem } from '../problem.ts';

/** The deepest document that anybody sends here, a policy, has 9 levels. Whatever walks a value in steps of itself is safe. */
const DEPTH_LIMIT = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Refuses JSON that is nested more deeply than anything needs, before it is parsed: validators, printers and digests walk a value
 * recursively. One pass, whatever the text is; whether it is JSON is the parser's business.
 *
 * @throws HttpProblem 400 `too-deep`
 */
export function assertShallow(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > DEPTH_LIMIT)
          throw new HttpProblem(400, 'too-deep', { detail: `JSON may be nested in ${DEPTH_LIMIT} levels.` });
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
    }
  }
}

/** Of the string that begins at `start`; the text's end where it has none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
}
