/** How one setting is read. The name gives its flag (--kebab-case), variable (THIMBLE_UPPER_CASE) and file key (kebab-case). */
export interface Setting {
  readonly name: string;
  readonly type: 'text' | 'path' | 'url' | 'port' | 'integer' | 'boolean' | 'choice' | 'zone';
  /** Undefined: not set; the description says what happens then. */
  readonly default: string | number | boolean | undefined;
  readonly description: string;
  /** Smallest and largest value of an integer. */
  readonly range?: readonly [number, number];
  readonly choices?: readonly string[];
  /** Never shown in logs or in help as a value. */
  readonly secret?: boolean;
}
