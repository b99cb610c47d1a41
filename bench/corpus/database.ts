import { SeededRandom } from './random.js';
import { execute, inserts } from './sql.js';
import * as rows from './rows.js';

/** Ids of generated rows start here, above those of the WordPress installation. */
export const FIRST_ID = 1_000_000;
export const ORDERS = 'wp_wc_order_product_lookup';

/** How many rows of each kind. */
export interface DatabaseSpec {
  posts: number;
  comments: number;
  users: number;
  options: number;
  orders: number;
}

/** About the given bytes of dump: long posts, ten small metas each, comments, users, options, orders (a composite key). */
export function databaseSpec(bytes: number): DatabaseSpec {
  const millions = bytes / 1e6;
  return {
    posts: Math.ceil(millions * 320),
    comments: Math.ceil(millions * 380),
    users: Math.ceil(millions * 86),
    options: Math.ceil(millions * 17),
    orders: Math.ceil(millions * 1_035),
  };
}

/** Fills the tables of a WordPress database. */
export async function fillDatabase(socket: string, database: string, spec: DatabaseSpec, seed: string): Promise<void> {
  const each = (
    table: string,
    count: number,
    row: (id: number, random: SeededRandom) => rows.Row,
  ): Iterable<string> => {
    const random = new SeededRandom(`${seed} ${table}`);
    return inserts(
      table,
      map(ids(count), (id) => row(id, random)),
    );
  };
  await execute(socket, database, [CREATE_ORDERS]);
  await execute(socket, database, each('wp_posts', spec.posts, rows.post));
  const metaRandom = new SeededRandom(`${seed} wp_postmeta`);
  await execute(
    socket,
    database,
    inserts(
      'wp_postmeta',
      flatMap(ids(spec.posts), (id) => rows.metasOf(id, metaRandom)),
    ),
  );
  await execute(
    socket,
    database,
    each('wp_comments', spec.comments, (id, random) => rows.comment(id, spec.posts, random)),
  );
  await execute(socket, database, each('wp_users', spec.users, rows.user));
  const userRandom = new SeededRandom(`${seed} wp_usermeta`);
  await execute(
    socket,
    database,
    inserts(
      'wp_usermeta',
      flatMap(ids(spec.users), (id) => rows.metasOfUser(id, userRandom)),
    ),
  );
  await execute(socket, database, each('wp_options', spec.options, rows.option));
  await execute(socket, database, each(ORDERS, spec.orders, rows.order));
}

const CREATE_ORDERS = `CREATE TABLE IF NOT EXISTS ${ORDERS} (
  order_item_id bigint unsigned NOT NULL,
  order_id bigint unsigned NOT NULL,
  product_id bigint unsigned NOT NULL,
  customer_id bigint unsigned DEFAULT NULL,
  date_created datetime NOT NULL,
  product_qty int NOT NULL,
  product_net_revenue double NOT NULL DEFAULT 0,
  tax_amount decimal(26,8) NOT NULL DEFAULT 0,
  status varchar(40) NOT NULL,
  note varchar(400) DEFAULT NULL,
  PRIMARY KEY (order_id, order_item_id),
  KEY product_id (product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n`;

function* ids(count: number): Generator<number> {
  for (let at = 0; at < count; at += 1) yield FIRST_ID + at;
}

function* map<A, B>(from: Iterable<A>, change: (one: A) => B): Generator<B> {
  for (const one of from) yield change(one);
}

function* flatMap<A, B>(from: Iterable<A>, change: (one: A) => Iterable<B>): Generator<B> {
  for (const one of from) yield* change(one);
}
