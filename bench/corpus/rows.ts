import type { SeededRandom } from './random.js';

/** The values of a row, in the order of the table's columns. */
export type Row = readonly (string | number | null)[];

export const METAS_PER_POST = 10;
const META_KEYS = [
  '_edit_last',
  '_thumbnail_id',
  '_wp_page_template',
  '_sku',
  '_price',
  '_stock',
  '_yoast_wpseo_title',
  '_yoast_wpseo_metadesc',
  'views',
  '_wp_old_slug',
];

export function post(id: number, random: SeededRandom): Row {
  const date = day(random);
  const kind = random.pick(['post', 'post', 'page', 'product', 'revision', 'attachment']);
  const content = random.words(80 + Math.floor(random.next() ** 2 * 2_700));
  const title = random.words(40).trim();
  const slug = `post-${id}`;
  const url = `http://shop.test/?p=${id}`;
  const times = [date, date, content, title, '', 'publish', 'open', 'closed', '', slug, '', ''] as const;
  return [id, 1 + random.below(40), ...times, date, date, '', 0, url, 0, kind, '', random.below(30)];
}

export function* metasOf(postId: number, random: SeededRandom): Generator<Row> {
  for (let i = 0; i < METAS_PER_POST; i += 1)
    yield [postId * METAS_PER_POST + i, postId, META_KEYS[i] ?? '', metaValue(i, random)];
}

/** The value of a post's i-th meta. */
export function metaValue(i: number, random: SeededRandom): string {
  if (i === 6) return random.words(30).trim();
  if (i === 7) return random.words(60 + random.below(100)).trim();
  if (i === 2) return random.pick(['default', 'full-width.php', 'landing.php']);
  return String(random.below(1_000_000));
}

export function comment(id: number, posts: number, random: SeededRandom): Row {
  const date = day(random);
  const content = random.words(60 + Math.floor(random.next() ** 2 * 700));
  const name = random.words(12).trim();
  const ip = [203, 0, 113, random.below(256)].join('.');
  const agent = `Mozilla/5.0 (X11; Linux x86_64) Firefox/${100 + random.below(40)}.0`;
  return [
    id,
    1_000_000 + random.below(posts),
    name,
    `c${random.below(90_000)}@mail.test`,
    '',
    ip,
    date,
    date,
    content,
    0,
    '1',
    agent,
    'comment',
    0,
    0,
  ];
}

export function user(id: number, random: SeededRandom): Row {
  const name = `${random.words(8).trim()}${id}`;
  const hash = `$P$B${random.next().toString(36).slice(2)}${random.next().toString(36).slice(2)}`;
  return [id, name, hash, name, `${id}@mail.test`, '', day(random), '', 0, name];
}

const USER_METAS = ['nickname', 'wp_capabilities', 'session_tokens', 'last_activity', 'billing_address_1', 'locale'];

export function* metasOfUser(userId: number, random: SeededRandom): Generator<Row> {
  for (let i = 0; i < USER_METAS.length; i += 1)
    yield [
      userId * USER_METAS.length + i,
      userId,
      USER_METAS[i] ?? '',
      i === 1 ? 'a:1:{s:8:"customer";b:1;}' : i === 4 ? random.words(40).trim() : String(random.below(1e9)),
    ];
}

export function option(id: number, random: SeededRandom): Row {
  const value = random.words(20 + Math.floor(random.next() ** 4 * 20_000));
  return [id, `bench_option_${id}`, `a:1:{i:0;s:${Buffer.byteLength(value)}:"${value}";}`, id % 3 === 0 ? 'yes' : 'no'];
}

/** Order lines: three to an order, so that the key is (order, line). */
export function order(id: number, random: SeededRandom): Row {
  const price = random.below(50_000) / 100;
  const status = random.pick(['wc-completed', 'wc-processing', 'wc-on-hold', 'wc-refunded']);
  const note = random.next() < 0.2 ? random.words(80).trim() : null;
  const orderId = Math.floor(id / 3);
  return [
    id,
    orderId,
    1_000_000 + random.below(5_000),
    random.below(60_000),
    day(random),
    1 + random.below(4),
    price,
    (price * 0.19).toFixed(8),
    status,
    note,
  ];
}

function day(random: SeededRandom): string {
  const two = (limit: number, from = 0): string => String(from + random.below(limit)).padStart(2, '0');
  return `${2012 + random.below(14)}-${two(12, 1)}-${two(28, 1)} ${two(24)}:${two(60)}:${two(60)}`;
}
