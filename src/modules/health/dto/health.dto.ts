/** How the server is. */
export class HealthDto {
  /** `ok`, or `degraded` when the database does not answer. */
  status!: 'ok' | 'degraded';
  /** @example '0.1.0' */
  version!: string;
  mode!: 'master' | 'node';
  database!: 'ok' | 'failed';
}
