import { HttpProblem } from '../http/index.ts';

/** A name that people give, without spaces around it. @throws HttpProblem 422 `bad-name` */
export function checkedName(text: string): string {
  const name = text.trim();
  if (name === '') throw bad('The name is empty.');
  // They are printed on terminals and into files.
  if (/\p{Cc}/u.test(name)) throw bad('The name has line ends or other control characters in it.');
  return name;
}

function bad(detail: string): HttpProblem {
  return new HttpProblem(422, 'bad-name', { detail });
}
