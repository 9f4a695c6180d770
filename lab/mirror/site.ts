/** What a part of the mirror answers for a path below its prefix. */
export type Answer =
  | { readonly kind: 'file'; readonly path: string; readonly modifiedAt: Date }
  | { readonly kind: 'status'; readonly status: number };

/** `path` is decoded, without a leading slash and without `..`. */
export type Site = (path: string) => Promise<Answer>;

export const NOT_FOUND: Answer = { kind: 'status', status: 404 };
