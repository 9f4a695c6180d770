/**
 * Whether a name matches a pattern in which `*` stands for any characters and `?` for one; case doesn't count, as in host names. Goes back
 * to the last `*` only, so that no pattern takes longer than the product of both lengths.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = name.toLowerCase();
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  for (let index = 0; index < given.length;) {
    const next = wanted[at];
    if (next === '*') {
      star = at;
      at += 1;
      resumeAt = index;
    } else if (next !== undefined && (next === '?' || next === given[index])) {
      at += 1;
      index += 1;
    } else if (star === -1) {
      return false;
    } else {
      at = star + 1;
      resumeAt += 1;
      index = resumeAt;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}
