import { readServerFacts, quoteString, type MySqlSession, type ServerFacts } from '../mysql/index.js';
import type { JobJournal } from '../../../engine/ports/index.js';
import { charsetCandidates, charsetOf, COLLATION_NAME, collationCandidates } from './collations.js';
import { serverErrno } from './errors.js';
import type { ServerVersion } from './sql/unwrap.js';

const UNKNOWN_CHARSET = 1115;
const UNKNOWN_COLLATION = 1273;
const COLLATION_MISMATCH = 1253;

/** Engines that keep their rows in the server itself; others reach out (FEDERATED, CONNECT, SPIDER, …). */
const OWN_ENGINES = new Set(['INNODB', 'MYISAM', 'ARIA', 'MEMORY', 'ARCHIVE', 'CSV', 'ROCKSDB', 'TOKUDB', 'SEQUENCE']);

/** The server a dump goes to: what it is, and what stands in for what it lacks. Asks each thing once. */
export class TargetServer {
  readonly version: ServerVersion;
  private readonly collations = new Map<string, string>();
  private readonly charsets = new Map<string, string>();
  private readonly toldEngines = new Set<string>();

  private constructor(
    private readonly session: MySqlSession,
    private readonly journal: JobJournal,
    readonly facts: ServerFacts,
    private readonly engines: ReadonlySet<string>,
    /** `user@host` the session acts as. */
    readonly currentUser: string,
  ) {
    const [major, minor, patch] = facts.versionNumbers;
    this.version = { isMariaDb: facts.vendor === 'mariadb', number: major * 10_000 + minor * 100 + patch };
  }

  static async read(session: MySqlSession, journal: JobJournal): Promise<TargetServer> {
    const facts = await readServerFacts(session);
    const engines = await session.rows<{ name: string }>(
      "SELECT ENGINE AS name FROM information_schema.ENGINES WHERE SUPPORT IN ('YES', 'DEFAULT')",
    );
    const user = await session.row<{ name: string }>('SELECT CURRENT_USER() AS name');
    return new TargetServer(
      session,
      journal,
      facts,
      new Set(engines.map((engine) => engine.name.toUpperCase())),
      user?.name ?? '',
    );
  }

  /** The engine to use for one that the dump names; null = as it says. */
  engine(wanted: string | null, table: string): string | null {
    if (wanted === null) return null;
    const isThere = this.engines.has(wanted) && OWN_ENGINES.has(wanted);
    if (isThere) return null;
    const key = `${wanted} ${table}`;
    if (!this.toldEngines.has(key)) {
      this.toldEngines.add(key);
      this.journal.warn({
        code: 'ENGINE_REPLACED',
        message: `The table ${table} used the storage engine ${wanted}, which is not available here; it is InnoDB now.`,
        context: { table, engine: wanted },
      });
    }
    return 'InnoDB';
  }

  /** Finds stand-ins for these names; afterwards `collation` and `charset` know them. */
  async learn(collations: readonly string[], charsets: readonly string[]): Promise<void> {
    for (const name of charsets) {
      // One after the other: one connection, and almost always one name.
      // oxlint-disable-next-line no-await-in-loop
      if (!this.charsets.has(name)) this.charsets.set(name, await this.findCharset(name));
    }
    for (const name of collations) {
      // oxlint-disable-next-line no-await-in-loop
      if (!this.collations.has(name)) this.collations.set(name, await this.findCollation(name));
    }
  }

  /** What to write for a collation; the name itself when it is known or unlearnt. */
  collation(name: string): string {
    return this.collations.get(name) ?? name;
  }

  charset(name: string): string {
    return this.charsets.get(name) ?? name;
  }

  private async findCollation(name: string): Promise<string> {
    if (!COLLATION_NAME.test(name) || (await this.hasCollation(name))) return name;
    for (const candidate of collationCandidates(name)) {
      // oxlint-disable-next-line no-await-in-loop
      if (!(await this.hasCollation(candidate))) continue;
      this.journal.warn({
        code: 'COLLATION_MAPPED',
        message: `This server does not know the collation ${name}; ${candidate} is used in its place. Sorting and comparing may differ a little.`,
        context: { collation: name, used: candidate },
      });
      return candidate;
    }
    return name;
  }

  private async findCharset(name: string): Promise<string> {
    if (!COLLATION_NAME.test(name) || (await this.hasCharset(name))) return name;
    for (const candidate of charsetCandidates(name)) {
      // oxlint-disable-next-line no-await-in-loop
      if (await this.hasCharset(candidate)) return candidate;
    }
    return name;
  }

  /** Asked of the server itself: lists in information_schema miss aliases and abbreviate names. */
  private async hasCollation(name: string): Promise<boolean> {
    const charset = this.charset(charsetOf(name));
    return this.accepts(`SELECT CONVERT('' USING ${charset}) COLLATE ${name}`);
  }

  private async hasCharset(name: string): Promise<boolean> {
    return this.accepts(`SELECT CONVERT(${quoteString('')} USING ${name})`);
  }

  private async accepts(sql: string): Promise<boolean> {
    try {
      await this.session.rows(sql);
      return true;
    } catch (error) {
      const errno = serverErrno(error);
      if (errno === UNKNOWN_CHARSET || errno === UNKNOWN_COLLATION || errno === COLLATION_MISMATCH) return false;
      throw error;
    }
  }
}
