/** The keys that this master has, by name; never the keys. */
export class SecretKeysDto {
  /**
   * Seals now.
   * @example '9f2c51aa'
   */
  keyId!: string;
  /** All that can open, the current one among them. */
  keyIds!: string[];
  /** Whether the configuration names the current key (`BACKUPD_SECRET_KEY`). */
  given!: boolean;
}

/** A stored secret that no key here opens. */
export class UnreadableSecretDto {
  table!: string;
  id!: string;
  message!: string;
}

/** What a rotation has done. */
export class RotationDto {
  keyId!: string;
  previousKeyId!: string;
  /** Whether a new key was made: not where the configuration names it. */
  made!: boolean;
  /** Stored secrets that were sealed again. */
  resealed!: number;
  /** Left as they are, because the key they were sealed with is not here. */
  unreadable!: UnreadableSecretDto[];
}
