export type BackupErrorCode =
  /** This is no backup, or one that was cut off or changed. */
  | 'not-a-backup'
  | 'truncated'
  | 'damaged'
  /** The passphrase is missing, or another one. */
  | 'passphrase'
  /** It was made by a newer version of Thimble, or by one whose history is another. */
  | 'newer'
  /** There is nothing to back up. */
  | 'empty'
  | 'not-empty'
  | 'in-use';

export class BackupError extends Error {
  readonly code: BackupErrorCode;
  constructor(code: BackupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupError';
    this.code = code;
  }
}
