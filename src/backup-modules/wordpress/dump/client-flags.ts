import { versionAtLeast, type ClientOption, type ClientProgram, type ServerFacts } from '../mysql/index.js';

/** What a dump shall hold. */
export interface DumpPlan {
  database: string;
  routines: boolean;
  events: boolean;
  /** Rows of MariaDB's system-versioned tables with their history, where the client can. */
  history: boolean;
  /** All text as hex: exact for every character set, twice the size. */
  hexText: boolean;
  /** The client writes definitions only; the rows are read by ourselves. */
  withoutRows: boolean;
  /** Tables and views that are not to be dumped. */
  ignore: readonly string[];
}

/**
 * The dump program's arguments for this client and server: flags and the database's name only. Flags that a client
 * does not know are left out. `optionFile` must come first; see `withOptionFile`.
 */
export function dumpArguments(
  client: ClientProgram,
  server: ServerFacts,
  plan: DumpPlan,
  optionFile: string,
): string[] {
  const args = [
    optionFile,
    '--single-transaction',
    '--quick',
    '--hex-blob',
    '--triggers',
    `--default-character-set=${plan.hexText ? 'binary' : 'utf8mb4'}`,
    '--max-allowed-packet=1G',
    '--tz-utc',
    '--set-charset',
    // The end mark is a comment.
    '--comments',
    '--skip-lock-tables',
    '--skip-add-locks',
    // Written anew where they belong, so that no piece depends on another.
    '--skip-disable-keys',
  ];
  const knows = (option: string): boolean => client.options.has(option);
  if (knows('skip-dump-date') || knows('dump-date')) args.push('--skip-dump-date');
  // Else MySQL's clients from 5.7.31 on ask for the PROCESS privilege.
  if (knows('no-tablespaces')) args.push('--no-tablespaces');
  if (knows('no-autocommit')) args.push('--skip-no-autocommit');
  // Else MySQL 8's client asks for a table that older servers and MariaDB lack.
  if (knows('column-statistics')) args.push('--column-statistics=0');
  // Else the dump holds a statement that only an administrator may run.
  if (knows('set-gtid-purged')) args.push('--set-gtid-purged=OFF');
  // As PHP's mysqli does: encrypted where the server can, the certificate not checked.
  if (client.vendor === 'mariadb' && knows('ssl-verify-server-cert')) args.push('--skip-ssl-verify-server-cert');
  if (knows('get-server-public-key')) args.push('--get-server-public-key');
  if (plan.routines) args.push('--routines');
  if (plan.events) args.push('--events');
  if (plan.withoutRows) args.push('--no-data');
  if (plan.history && canDumpHistory(client, server)) args.push('--dump-history');
  return [...args, '--', plan.database];
}

/** Whether the history of system-versioned tables can be dumped, and loaded again. */
export function canDumpHistory(client: ClientProgram, server: ServerFacts): boolean {
  return (
    client.options.has('dump-history') &&
    server.vendor === 'mariadb' &&
    versionAtLeast(server.versionNumbers, [10, 11, 0])
  );
}

/** Options for the option file: the tables to leave out, any number, with any name. */
export function ignoreOptions(plan: DumpPlan): ClientOption[] {
  return plan.ignore.map((table): ClientOption => ['ignore-table', `${plan.database}.${table}`]);
}
