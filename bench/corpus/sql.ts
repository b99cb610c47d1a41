import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endWithTest } from '../../test/support/scratch.js';

/** A value as a SQL literal. */
export function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return `'${value.replaceAll(/[\\']/g, (c) => `\\${c}`).replaceAll('\n', '\\n')}'`;
}

/** Rows gathered into INSERT statements of about 500 kB. */
export function* inserts(table: string, rows: Iterable<readonly (string | number | null)[]>): Generator<string> {
  let text = '';
  for (const row of rows) {
    text += `${text === '' ? `INSERT INTO ${table} VALUES ` : ','}(${row.map(literal).join(',')})`;
    if (text.length > 500_000) {
      yield `${text};\n`;
      text = '';
    }
  }
  if (text !== '') yield `${text};\n`;
}

/** Pipes statements through the stock client, in one transaction. */
export async function execute(socket: string, database: string, statements: Iterable<string>): Promise<void> {
  const client = spawn(
    'mariadb',
    ['--no-defaults', '-uroot', `--socket=${socket}`, '--default-character-set=utf8mb4', database],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  endWithTest(client);
  let complaint = '';
  client.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = once(client, 'close');
  // A client that ends early breaks the pipe; its exit code and words tell why.
  client.stdin.on('error', () => {});
  client.stdin.write("SET SESSION sql_mode='', unique_checks=0, autocommit=0;\n");
  for (const statement of statements) {
    if (client.exitCode !== null) break;
    if (!client.stdin.write(statement)) await Promise.race([once(client.stdin, 'drain'), ended]);
  }
  client.stdin.end('COMMIT;\n');
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`mariadb ended with ${code}: ${complaint.slice(-2_000)}`);
}
