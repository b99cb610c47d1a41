/** The answer to one question about the host. */
export class CheckDto {
  /** @example 'space of the data dir' */
  name!: string;
  status!: 'ok' | 'warning' | 'failed';
  /** @example '/var/lib/backupd has 52.1 GB free.' */
  message!: string;
  /** What to do about it. */
  hint!: string | null;
}

/** Whether this host has what backups need. */
export class DoctorDto {
  /** No check failed (there may be warnings). */
  ok!: boolean;
  checks!: CheckDto[];
}
