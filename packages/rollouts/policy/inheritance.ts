/** Of a policy that an organisation did not write itself. */
export interface Inheritance {
  /** The name of the organisation whose it is. */
  readonly from: string;
  /** How far above it is; 1: right above. */
  readonly levels: number;
}
