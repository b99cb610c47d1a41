// Reconciles a simulated storage of very many keys in a process of its own, and prints its peak memory. Arguments: URL of the
// database, data folder, provider, number of keys. Of the keys that the catalogue knows, the storage lacks some, has others with
// another size, and has some that the catalogue does not know.
import 'reflect-metadata';
import { mkdirSync, readFileSync } from 'node:fs';
import { MikroORM } from '@mikro-orm/postgresql';

const load = (path) => import(new URL(`../../../dist/src/${path}`, import.meta.url).href);
const { AppConfig } = await load('config/index.js');
const { ormOptions } = await load('database/index.js');
const { ObjectLedger } = await load('modules/backups/index.js');
const { KnownObjects } = await load('modules/reconcile/known-objects.js');
const { Marker } = await load('modules/reconcile/marker.js');
const { OrphanAdopter } = await load('modules/reconcile/orphan-adopter.js');
const { OrphanRemover } = await load('modules/reconcile/orphan-remover.js');
const { Reconciler } = await load('modules/reconcile/reconciler.js');
const { Report } = await load('modules/reconcile/report.js');

const [databaseUrl, dataDir, providerId, total] = process.argv.slice(2);
const config = AppConfig.of({ dataDir, databaseUrl });
mkdirSync(config.paths.work, { recursive: true });
const orm = await MikroORM.init(ormOptions(databaseUrl));

const hex = (n, digits) => n.toString(16).padStart(digits, '0');
const keyOf = (n) =>
  `sites/00000000-0000-7000-8000-${hex(Math.floor(n / 1000), 12)}/20260101T000000Z-00000000-0000-7000-9000-${hex(n, 12)}.tar.zst`;
const modifiedAt = new Date('2026-01-01T00:00:00Z');
const objectOf = (n) => ({ key: keyOf(n), size: n % 99_999 === 7 ? 999 : 1000, modifiedAt });
const isMissing = (n) => n % 100_000 === 5;
const numbers = new Map();
const driver = {
  kind: 'simulated',
  async *list() {
    for (let n = 0; n < Number(total); n++) {
      if (n % 200_000 === 11) yield { ...objectOf(n), key: keyOf(n).replace('.tar.zst', '.manifest.ndjson.zst') };
      if (!isMissing(n)) yield objectOf(n);
      else numbers.set(keyOf(n), n);
      if (n % 50_000 === 9) yield { ...objectOf(n), key: keyOf(n).replace('.tar.zst', '.tar.zst.bak') };
    }
  },
  async stat(key) {
    return numbers.has(key) ? null : { key, size: 999, modifiedAt };
  },
};

const known = new KnownObjects(orm);
const marker = new Marker(orm, new ObjectLedger(orm));
const reconciler = new Reconciler(config, known, marker, new OrphanAdopter(null, known), new OrphanRemover(orm, known));
const report = new Report();
const run = {
  providerId,
  driver,
  report,
  actions: ['mark'],
  graceDays: 7,
  force: false,
  signal: new AbortController().signal,
};
const residentMb = () => Math.round(process.memoryUsage().rss / 1e6);
const baseMb = residentMb();
const started = performance.now();
await reconciler.run('00000000-0000-7000-8000-000000000001', run, async () => undefined);
const seconds = (performance.now() - started) / 1000;
await orm.close();
const peakKb = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
process.stdout.write(JSON.stringify({ counts: report.counts, seconds, peakMb: peakKb / 1024, baseMb }));
