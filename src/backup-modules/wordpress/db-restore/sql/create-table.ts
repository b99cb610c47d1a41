import { isSequence, nameOf, quoteNameBytes, splice, tokenize, type SqlBytes, type Token } from './lexer.js';

/** A foreign key as it stood in a CREATE TABLE, to be added when its tables have their names. */
export interface ForeignKey {
  /** Null: the server chooses (older dumps). */
  name: string | null;
  /** Quoted column list with parentheses, byte form. */
  columns: SqlBytes;
  referencedTable: string;
  referencedColumns: SqlBytes;
  /** `ON DELETE …`, `ON UPDATE …`, as written. */
  actions: SqlBytes;
}

export interface CreateTable {
  table: string;
  foreignKeys: ForeignKey[];
  /** Upper case; null when the statement names none. */
  engine: string | null;
  /** Collations and character sets the statement names, lower case. */
  collations: string[];
  charsets: string[];
  /** Options that were taken out because they reach outside the database (`DATA DIRECTORY`, `CONNECTION`, …). */
  dropped: string[];
}

/** What to write in place of what the dump says. */
export interface CreateTableChanges {
  name: string;
  engine: string | null;
  collation: (name: string) => string;
  charset: (name: string) => string;
}

type Edit = { start: number; end: number; text: string };
const DROPPED_OPTIONS = new Set(['DATA', 'INDEX', 'CONNECTION', 'UNION', 'TABLESPACE']);

class Refused extends Error {}

/** Reads a CREATE TABLE (executable comments already unwrapped) and can write it changed. */
export class CreateTableStatement {
  private readonly edits: Edit[] = [];
  private nameToken: Token | undefined;
  private engineToken: Token | undefined;
  private readonly collationTokens: Token[] = [];
  private readonly charsetTokens: Token[] = [];
  readonly create: CreateTable = {
    table: '',
    foreignKeys: [],
    engine: null,
    collations: [],
    charsets: [],
    dropped: [],
  };

  private constructor(
    private readonly sql: SqlBytes,
    private readonly tokens: readonly Token[],
  ) {}

  /** Parses; the reason when it is not a plain CREATE TABLE with a list of definitions. */
  static parse(sql: SqlBytes): { ok: true; statement: CreateTableStatement } | { ok: false; reason: string } {
    const statement = new CreateTableStatement(sql, tokenize(sql));
    try {
      statement.read();
      return { ok: true, statement };
    } catch (error) {
      if (error instanceof Refused) return { ok: false, reason: error.message };
      throw error;
    }
  }

  /** The statement under another name and without foreign keys, with what this server lacks replaced. */
  rewrite(changes: CreateTableChanges): SqlBytes {
    const edits = [...this.edits];
    const { nameToken, engineToken } = this;
    if (nameToken) edits.push({ ...rangeOf(nameToken), text: quoteNameBytes(changes.name) });
    if (engineToken && changes.engine !== null) edits.push({ ...rangeOf(engineToken), text: changes.engine });
    const replace = (token: Token, to: (name: string) => string): void => {
      const from = (nameOf(token, this.sql) ?? '').toLowerCase();
      const target = to(from);
      if (target !== from) edits.push({ ...rangeOf(token), text: target });
    };
    for (const token of this.collationTokens) replace(token, changes.collation);
    for (const token of this.charsetTokens) replace(token, changes.charset);
    const free = edits.filter((edit) => !this.edits.some((cut) => cut !== edit && inside(edit, cut)));
    return splice(this.sql, free);
  }

  private read(): void {
    const { tokens } = this;
    let at = isSequence(tokens, 0, 'CREATE', 'TABLE') ? 2 : -1;
    if (at < 0) throw new Refused('no CREATE TABLE');
    if (isSequence(tokens, at, 'IF', 'NOT', 'EXISTS')) at += 3;
    this.nameToken = tokens[at];
    const table = nameOf(this.nameToken, this.sql);
    if (table === null) throw new Refused('a CREATE TABLE without a name');
    this.create.table = table;
    at += 1;
    if (tokens[at]?.value !== '(') throw new Refused('a CREATE TABLE that is no list of columns');
    if (tokens.some((token) => token.kind === 'word' && token.value === 'SELECT')) {
      throw new Refused('a CREATE TABLE with SELECT');
    }
    const close = this.definitions(at);
    this.options(close + 1);
    this.names();
  }

  /** Index of the closing parenthesis. Takes the foreign keys out. */
  private definitions(open: number): number {
    const { tokens } = this;
    let depth = 0;
    let first = open + 1;
    for (let i = open; i < tokens.length; i += 1) {
      const token = tokens[i];
      if (token?.kind !== 'punctuation') continue;
      if (token.value === '(') depth += 1;
      else if (token.value === ')') depth -= 1;
      else if (token.value !== ',') continue;
      const ends = depth === 0 || (depth === 1 && token.value === ',');
      if (!ends) continue;
      this.definition(first, i, open);
      if (depth === 0) return i;
      first = i + 1;
    }
    throw new Refused('a CREATE TABLE that never ends');
  }

  private definition(first: number, end: number, open: number): void {
    const { tokens, sql } = this;
    let at = first;
    let name: string | null = null;
    if (isSequence(tokens, at, 'CONSTRAINT')) {
      at += 1;
      if (!isSequence(tokens, at, 'FOREIGN')) {
        name = nameOf(tokens[at], sql);
        at += 1;
      }
    }
    if (!isSequence(tokens, at, 'FOREIGN', 'KEY')) return;
    at += 2;
    if (tokens[at]?.value !== '(') at += 1;
    const columns = this.group(at);
    at = columns.next;
    if (!isSequence(tokens, at, 'REFERENCES')) throw new Refused('a foreign key without REFERENCES');
    const referencedTable = nameOf(tokens[at + 1], sql);
    if (referencedTable === null) throw new Refused('a foreign key that names no table');
    const referenced = this.group(at + 2);
    const last = tokens[end - 1];
    const from = tokens[referenced.next - 1]?.end ?? 0;
    const actions = last && last.end > from ? sql.slice(from, last.end).trim() : '';
    if (
      actions !== '' &&
      !/^(?:ON (?:DELETE|UPDATE) (?:CASCADE|RESTRICT|SET NULL|SET DEFAULT|NO ACTION)\s*)+$/i.test(actions)
    ) {
      throw new Refused('a foreign key with unknown actions');
    }
    this.create.foreignKeys.push({
      name,
      columns: columns.text,
      referencedTable,
      referencedColumns: referenced.text,
      actions,
    });
    // The comma before goes too; for the first definition the one after.
    const before = tokens[first - 1];
    const after = tokens[end];
    if (!before || !after || !last) return;
    const isFirst = first - 1 === open;
    this.edits.push(
      isFirst
        ? { start: before.end, end: after.value === ',' ? after.end : after.start, text: ' ' }
        : { start: before.start, end: last.end, text: '' },
    );
  }

  /** A list of names in parentheses. */
  private group(at: number): { text: SqlBytes; next: number } {
    const open = this.tokens[at];
    if (open?.value !== '(') throw new Refused('a foreign key without columns');
    for (let i = at + 1; i < this.tokens.length; i += 1) {
      const token = this.tokens[i];
      if (token?.kind === 'punctuation' && token.value === ')') {
        return { text: this.sql.slice(open.start, token.end), next: i + 1 };
      }
      const isName = token?.kind === 'identifier' || token?.kind === 'word';
      if (!isName && token?.value !== ',') break;
    }
    throw new Refused('a foreign key with odd columns');
  }

  private options(from: number): void {
    const { tokens, sql } = this;
    for (let i = from; i < tokens.length; i += 1) {
      const token = tokens[i];
      if (token?.kind === 'punctuation' && token.value === ';') throw new Refused('more than one statement');
      if (token?.kind !== 'word') continue;
      if (token.value === 'AS' || token.value === 'LIKE') throw new Refused(`a CREATE TABLE with ${token.value}`);
      if (token.value === 'ENGINE') {
        const value = tokens[i + 1]?.value === '=' ? tokens[i + 2] : tokens[i + 1];
        const engine = nameOf(value, sql);
        // Partitions name the engine too; it is the same one.
        if (engine !== null && this.engineToken === undefined) {
          this.create.engine = engine.toUpperCase();
          this.engineToken = value;
        }
      }
      if (DROPPED_OPTIONS.has(token.value)) i = this.dropOption(i);
    }
  }

  private dropOption(at: number): number {
    const { tokens } = this;
    const option = tokens[at];
    let last = at + 1;
    if (option?.value === 'DATA' || option?.value === 'INDEX') {
      if (!isSequence(tokens, last, 'DIRECTORY')) return at;
      last += 1;
    }
    if (tokens[last]?.value === '=') last += 1;
    if (tokens[last]?.value === '(') while (last < tokens.length && tokens[last]?.value !== ')') last += 1;
    const end = tokens[last];
    if (!option || !end) throw new Refused('an option without a value');
    this.create.dropped.push(
      option.value === 'DATA' || option.value === 'INDEX' ? `${option.value} DIRECTORY` : option.value,
    );
    this.edits.push({ start: option.start, end: end.end, text: '' });
    return last;
  }

  private names(): void {
    const { tokens, sql } = this;
    tokens.forEach((token, i) => {
      if (token.kind !== 'word') return;
      const isCharacterSet = token.value === 'CHARACTER' && isSequence(tokens, i + 1, 'SET');
      if (token.value !== 'COLLATE' && token.value !== 'CHARSET' && !isCharacterSet) return;
      let at = i + (isCharacterSet ? 2 : 1);
      if (tokens[at]?.value === '=') at += 1;
      const value = tokens[at];
      const name = nameOf(value, sql)?.toLowerCase();
      if (value === undefined || name === undefined || !/^[a-z0-9_]+$/.test(name)) return;
      const isCollation = token.value === 'COLLATE';
      (isCollation ? this.collationTokens : this.charsetTokens).push(value);
      const list = isCollation ? this.create.collations : this.create.charsets;
      if (!list.includes(name)) list.push(name);
    });
  }
}

const rangeOf = (token: Token): { start: number; end: number } => ({ start: token.start, end: token.end });
const inside = (edit: Edit, cut: Edit): boolean => edit.start >= cut.start && edit.end <= cut.end;
