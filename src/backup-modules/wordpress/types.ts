/** How to reach a MySQL or MariaDB server with one account. */
export interface MySqlCredentials {
  /** TCP host, or null when a socket is used. `localhost` in WordPress means the socket. */
  host: string | null;
  port: number | null;
  /** Unix socket path; null = the client's default when host is null. */
  socketPath: string | null;
  user: string;
  password: string;
  database: string;
}

/** The database of one WordPress site, resolved from its configuration and the overrides. */
export type SiteDatabase =
  | { engine: 'mysql'; credentials: MySqlCredentials; tablePrefix: string; charset: string | null }
  | { engine: 'sqlite'; file: string; tablePrefix: string };

export type WordPressLayout = 'standard' | 'config-above' | 'bedrock' | 'releases' | 'subdirectory';

/** Everything known about one WordPress install on disk. Holds secrets: never logged, never returned by the API. */
export interface WordPressInstall {
  /** Root of what is backed up (for Bedrock the project, for releases/current the deployment folder). */
  root: string;
  /** ABSPATH: the folder with wp-settings.php. */
  abspath: string;
  contentDir: string;
  layout: WordPressLayout;
  /** The wp-config.php that counts. */
  configFile: string;
  /** Files outside the root that the site needs (a wp-config.php one level up, an included config): absolute paths. */
  externalFiles: string[];
  /** Other installs inside the root (nested `/blog`), absolute: excluded from this site's files by default and named. */
  nestedInstalls: string[];
  version: string | null;
  multisite: boolean;
  /** Null when something needed is unknown; `unknown` then says what. */
  database: SiteDatabase | null;
  /** `DB_NAME: getenv('X') is not set here (wp-config.php:12)`; no values. */
  unknown: string[];
  warnings: string[];
}
