/** What of a database belongs to a site. */
export interface DumpScope {
  /** The site's table prefix. */
  prefix: string;
  /** Tables that belong to the site whatever their name (CUSTOM_USER_TABLE, CUSTOM_USER_META_TABLE). */
  alsoTables?: readonly string[];
  /** Tables to leave out, by their full names. */
  excludeTables?: readonly string[];
}

export interface ScopeInput extends DumpScope {
  /** Names of all tables and views of the database. */
  names: readonly string[];
  /** Blog ids of the site's network (`wp_blogs`); empty when it is no multisite. */
  blogIds: readonly string[];
  /** The server folds the case of table names (`lower_case_table_names` is not 0). */
  foldCase: boolean;
}

/**
 * Which prefixes have a WordPress behind them: those with an `options` and a `posts` table.
 * The empty prefix is one too.
 */
export function wordPressPrefixes(names: readonly string[]): string[] {
  const all = new Set(names);
  return names
    .filter((name) => name.endsWith('options'))
    .map((name) => name.slice(0, -'options'.length))
    .filter((prefix) => all.has(`${prefix}posts`));
}

/**
 * Decides which tables of a database belong to a site. A database of the site's own is taken whole. In one that it
 * shares with other WordPress sites, each table belongs to the longest known prefix that it starts with, so `wp_`
 * does not take `wp_shop_posts`; the blogs of a network (`wp_2_posts`) belong to the network.
 */
export class TableScope {
  /** Prefixes of other WordPress sites in the same database. */
  readonly otherPrefixes: readonly string[];
  private readonly fold: (name: string) => string;
  private readonly own: string;
  private readonly also: ReadonlySet<string>;
  private readonly excluded: ReadonlySet<string>;

  constructor(input: ScopeInput) {
    this.fold = input.foldCase ? (name) => name.toLowerCase() : (name) => name;
    this.own = this.fold(input.prefix);
    this.also = new Set((input.alsoTables ?? []).map(this.fold));
    this.excluded = new Set((input.excludeTables ?? []).map(this.fold));
    const blogs = new Set(input.blogIds.map((id) => `${this.own}${id}_`));
    this.otherPrefixes = wordPressPrefixes(input.names.map(this.fold))
      .filter((prefix) => prefix !== this.own && !blogs.has(prefix))
      .toSorted((a, b) => b.length - a.length);
  }

  /** Whether other WordPress sites keep their tables in the same database. */
  get shared(): boolean {
    return this.otherPrefixes.length > 0;
  }

  /** Whose table it is: the site's, another site's, or (in a shared database) nobody's known. */
  ownerOf(name: string): 'site' | 'other' | 'unknown' {
    const folded = this.fold(name);
    if (!this.shared || this.also.has(folded)) return 'site';
    const other = this.otherPrefixes.find((prefix) => folded.startsWith(prefix));
    const isOwn = folded.startsWith(this.own);
    if (other !== undefined && (!isOwn || other.length > this.own.length)) return 'other';
    return isOwn ? 'site' : 'unknown';
  }

  /** Whether a table, view, routine or event goes into the backup. */
  takes(name: string): boolean {
    return !this.excluded.has(this.fold(name)) && this.ownerOf(name) === 'site';
  }

  /** Whether the database has any table with the site's prefix. */
  hasOwn(names: readonly string[]): boolean {
    return names.some((name) => this.ownerOf(name) === 'site' && this.fold(name).startsWith(this.own));
  }
}
