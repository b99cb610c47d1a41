import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { filesBelow } from '../measure/disk.js';
import { type DatabaseSpec, FIRST_ID, ORDERS } from './database.js';
import { SeededRandom } from './random.js';
import * as rows from './rows.js';
import { execute, inserts, literal } from './sql.js';
import { writeUpload } from './tree.js';

/** What a day changed. */
export interface DayFacts {
  rowsChanged: number;
  rowsTotal: number;
  newUploadBytes: number;
}

const UPLOADS = 'wp-content/uploads';
const PLUGINS = 'wp-content/plugins';

/**
 * One working day of a site; `day` numbers it, and with the seed makes its changes repeatable. Posts all over the table are
 * edited, with the metas of each; orders, comments and users come in at the end, as auto-increment has it.
 */
export async function liveOneDay(
  site: { root: string; socket: string; database: string; spec: DatabaseSpec; files: number },
  day: number,
): Promise<DayFacts> {
  const random = new SeededRandom(`day ${day}`);
  const newUploadBytes = changeFiles(site.root, site.files, day, random);
  const { statements, rowsChanged } = databaseChanges(site.spec, day, random);
  await execute(site.socket, site.database, statements);
  const { spec } = site;
  const rowsTotal =
    spec.posts * (1 + rows.METAS_PER_POST) + spec.comments + spec.users * 7 + spec.options + spec.orders;
  return { rowsChanged, rowsTotal, newUploadBytes };
}

/** 100 uploads (pictures, each with the sizes WordPress makes), 50 texts changed, 20 files gone, 30 moved; `scale` 1. */
function changeFiles(root: string, scale: number, day: number, random: SeededRandom): number {
  const count = (of: number): number => Math.max(1, Math.round(of * scale));
  const uploads = [...filesBelow(join(root, UPLOADS))];
  const code = [...filesBelow(join(root, PLUGINS))];
  for (const file of random.sample(code, count(50))) changeText(file, random);
  const gone = random.sample(uploads, count(20));
  for (const file of gone) rmSync(file);
  const moved = random.sample(
    uploads.filter((file) => !gone.includes(file)),
    count(30),
  );
  for (const [index, file] of moved.entries()) {
    const folder = index % 2 === 0 ? dirname(file) : join(root, UPLOADS, 'sorted', `day-${day}`);
    mkdirSync(folder, { recursive: true });
    renameSync(file, join(folder, `moved-${day}-${basename(file)}`));
  }
  let bytes = 0;
  for (let i = 0; i < count(100); i += 1) {
    const size = PICTURE_SIZES[i % PICTURE_SIZES.length] ?? 0;
    const length = Math.floor(size * (0.5 + random.next()));
    writeUpload(
      join(root, UPLOADS, '2026/01', `day-${day}-${Math.floor(i / PICTURE_SIZES.length)}-${size}.jpg`),
      length,
    );
    bytes += length;
  }
  return bytes;
}

/** An original and what WordPress makes of it: 1536, 1024, 768, 300 and 150 pixels wide, and a shop's thumbnail. */
const PICTURE_SIZES = [480_000, 190_000, 105_000, 68_000, 17_000, 7_000, 23_000];

function changeText(file: string, random: SeededRandom): void {
  if (extname(file) === '.php') appendFileSync(file, `\n// ${random.words(200)}`);
  else {
    const text = readFileSync(file, 'utf8');
    const at = random.below(text.length);
    writeFileSync(file, `${text.slice(0, at)}${random.words(120)}${text.slice(at + 60)}`);
  }
}

/** About one row in a hundred: most updated (a third of these longer than before), some new, a few deleted. */
function databaseChanges(
  spec: DatabaseSpec,
  day: number,
  random: SeededRandom,
): { statements: string[]; rowsChanged: number } {
  const statements: string[] = [];
  let rowsChanged = 0;
  const change = (sql: string, affected = 1): void => {
    statements.push(`${sql};\n`);
    rowsChanged += affected;
  };
  const some = (of: number, share: number): number[] =>
    random.sample(
      Array.from({ length: of }, (_, index) => FIRST_ID + index),
      Math.max(1, Math.round(of * share)),
    );
  // New ids follow those of the days before.
  const added = (of: number, share: number): number[] => {
    const each = Math.max(1, Math.round(of * share));
    return Array.from({ length: each }, (_, index) => FIRST_ID + of + (day - 1) * each + index);
  };
  const insert = (table: string, made: readonly rows.Row[]): void => {
    for (const statement of inserts(table, made)) statements.push(statement);
    rowsChanged += made.length;
  };

  for (const id of some(spec.posts, 0.011)) {
    const addition = random.next() < 0.33 ? random.words(300) : '';
    change(
      `UPDATE wp_posts SET post_content = CONCAT(${literal(random.words(60))}, SUBSTRING(post_content, 61), ${literal(addition)}), post_modified = '2026-01-0${day} 10:00:00', comment_count = comment_count + 1 WHERE ID = ${id}`,
    );
    for (const i of [0, 4, 5, 6, 7, 8])
      change(
        `UPDATE wp_postmeta SET meta_value = ${literal(rows.metaValue(i, random))} WHERE meta_id = ${id * rows.METAS_PER_POST + i}`,
      );
  }
  for (const id of some(spec.posts, 0.0008)) {
    change(`DELETE FROM wp_posts WHERE ID = ${id}`);
    change(`DELETE FROM wp_postmeta WHERE post_id = ${id}`, rows.METAS_PER_POST);
  }
  const posts = added(spec.posts, 0.002);
  insert(
    'wp_posts',
    posts.map((id) => rows.post(id, random)),
  );
  insert(
    'wp_postmeta',
    posts.flatMap((id) => Array.from(rows.metasOf(id, random))),
  );
  for (const id of some(spec.comments, 0.002))
    change(`UPDATE wp_comments SET comment_approved = 'spam' WHERE comment_ID = ${id}`);
  for (const id of some(spec.comments, 0.001)) change(`DELETE FROM wp_comments WHERE comment_ID = ${id}`);
  insert(
    'wp_comments',
    added(spec.comments, 0.006).map((id) => rows.comment(id, spec.posts, random)),
  );
  for (const id of some(spec.users, 0.01))
    change(`UPDATE wp_usermeta SET meta_value = '${1_767_000_000 + day}' WHERE umeta_id = ${id * 6 + 3}`);
  for (const id of some(spec.options, 0.01))
    change(`UPDATE wp_options SET option_value = ${literal(random.words(400))} WHERE option_id = ${id}`);
  // The last orders move on, the oldest are cleaned up.
  const recent = Math.round(spec.orders * 0.004);
  for (let i = 0; i < recent; i += 1)
    change(
      `UPDATE ${ORDERS} SET status = 'wc-completed', note = ${literal(random.words(50).trim())} WHERE order_item_id = ${FIRST_ID + spec.orders - 1 - i} AND order_id = ${Math.floor((FIRST_ID + spec.orders - 1 - i) / 3)}`,
    );
  const old = Math.max(1, Math.round(spec.orders * 0.0005));
  change(`DELETE FROM ${ORDERS} WHERE order_id < ${Math.floor((FIRST_ID + day * old) / 3)}`, old);
  insert(
    ORDERS,
    added(spec.orders, 0.005).map((id) => rows.order(id, random)),
  );
  return { statements, rowsChanged };
}
