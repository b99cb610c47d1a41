import type { Dto } from '../../api/client.ts';

/** What was chosen in the wizard. */
export interface RestoreChoice {
  what: 'all' | 'files' | 'database' | 'paths';
  /** One path per line. */
  paths: string;
  /** Files that are there and not in the backup go. */
  deletesExtra: boolean;
  /** Fetches only what differs. */
  delta: boolean;
  isInPlace: boolean;
  /** '' = the site's own host, `self` = the master's, else the id of a node. */
  host: string;
  folder: string;
  usesOtherDatabase: boolean;
  database: { host: string; name: string; user: string; password: string; prefix: string };
  createsDatabase: boolean;
  admin: { host: string; user: string; password: string };
}

/** The ordinary case: the whole site, in place; or what was chosen before. */
export function firstChoice(paths: readonly string[]): RestoreChoice {
  return {
    what: paths.length > 0 ? 'paths' : 'all',
    paths: paths.join('\n'),
    deletesExtra: paths.length === 0,
    delta: false,
    isInPlace: true,
    host: '',
    folder: '',
    usesOtherDatabase: false,
    database: { host: '', name: '', user: '', password: '', prefix: '' },
    createsDatabase: false,
    admin: { host: '', user: '', password: '' },
  };
}

export function pathsOf({ paths }: Pick<RestoreChoice, 'paths'>): string[] {
  return paths
    .split('\n')
    .map((path) => path.trim())
    .filter((path) => path !== '');
}

/** Whether files, and whether the database, are part of it. */
export function partsOf({ what }: Pick<RestoreChoice, 'what'>): { files: boolean; database: boolean } {
  return { files: what !== 'database', database: what === 'all' || what === 'database' };
}

/** Why nothing can be asked of the server yet; null = it can. */
export function missingIn(choice: RestoreChoice): string | null {
  if (choice.what === 'paths' && pathsOf(choice).length === 0) return 'Name at least one file or folder.';
  if (choice.isInPlace) return null;
  const { folder, host, database, admin } = choice;
  const usesDatabase = choice.usesOtherDatabase && partsOf(choice).database;
  if (folder.trim() === '' && host === '' && !usesDatabase) return 'Name a folder, a host or a database to restore to.';
  if (usesDatabase && (database.name.trim() === '' || database.user.trim() === ''))
    return 'Name the database and its user.';
  if (usesDatabase && choice.createsDatabase && admin.user.trim() === '')
    return 'Name the account that may create the database.';
  return null;
}

/** The body of `POST /backups/{id}/restore`. What is empty is left out: the server has defaults. */
export function requestOf(choice: RestoreChoice): Dto<'RestoreDto'> {
  const { files, database } = partsOf(choice);
  return {
    what: choice.what === 'paths' ? 'files' : choice.what,
    ...(choice.what === 'paths' ? { paths: pathsOf(choice) } : {}),
    ...(files ? { extraFiles: choice.deletesExtra ? 'delete' : 'keep', delta: choice.delta } : {}),
    ...(choice.isInPlace ? {} : placeOf(choice, database)),
  };
}

function placeOf(choice: RestoreChoice, withDatabase: boolean): Partial<Dto<'RestoreDto'>> {
  const { host, database, admin } = choice;
  const folder = choice.folder.trim();
  const usesOther = withDatabase && choice.usesOtherDatabase;
  return {
    ...(folder === '' ? {} : { targetPath: folder }),
    ...(host === '' ? {} : { nodeId: host }),
    ...(usesOther
      ? {
          targetDatabase: {
            name: database.name.trim(),
            user: database.user.trim(),
            password: database.password,
            ...given('host', database.host),
            ...given('prefix', database.prefix),
          },
        }
      : {}),
    ...(usesOther && choice.createsDatabase
      ? { adminDatabase: { user: admin.user.trim(), password: admin.password, ...given('host', admin.host) } }
      : {}),
  };
}

function given<Name extends string>(name: Name, value: string): { [Key in Name]?: string } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed name is not seen as that name
  return (value.trim() === '' ? {} : { [name]: value.trim() }) as { [Key in Name]?: string };
}
