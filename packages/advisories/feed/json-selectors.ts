export type JsonPath = readonly (string | number)[];

/** `$.vulnerabilities.*`, taken apart. */
export interface JsonSelector {
  readonly text: string;
  /** Whether the first `depth` steps of the path are what is selected. */
  readonly matches: (path: JsonPath, depth: number) => boolean;
  /** The parent of what is selected, `$.vulnerabilities`; null: it is not named by literal keys alone. */
  readonly literalParent: string | null;
  readonly isLiteralParent: (path: JsonPath, depth: number) => boolean;
}

/** Selectors of the form `$.name.*.name`: a literal key, or `*` for any key or index. */
export function jsonSelectors(texts: readonly string[]): readonly JsonSelector[] {
  return texts.map((text) => {
    const steps = text.split('.').slice(1);
    const parent = steps.slice(0, -1);
    return {
      text,
      matches: (path, depth) => isAt(steps, path, depth),
      literalParent: parent.includes('*') || steps.length === 0 ? null : ['$', ...parent].join('.'),
      isLiteralParent: (path, depth) => isAt(parent, path, depth),
    };
  });
}

function isAt(steps: readonly string[], path: JsonPath, depth: number): boolean {
  if (steps.length !== depth) return false;
  for (const [index, step] of steps.entries()) if (step !== '*' && step !== String(path[index])) return false;
  return true;
}
