import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { newId } from '../../../src/common/ids.js';
import { pause } from '../../../src/common/pause.js';
import { version } from '../../../src/common/version.js';
import { requires } from '../../../src/engine/testing/index.js';
import type { NetHost } from '../../support/net-hosts.js';
import type { TestMaster } from '../../support/master.js';
import type { TestNode } from '../../support/node-process.js';
import { until } from '../../support/scratch.js';
import type { WordPressSite } from '../../support/wordpress.js';
import { Hosts } from './hosts.js';

/** Large enough for the link to be cut in the midst of its upload at the speed that the link is limited to. */
const UPLOAD_BYTES = 40 * 1024 * 1024;
const MEGABITS = 80;

/** Every file below the folder with its SHA-256, in order; without the configuration, which names another database in the end. */
function treeOf(folder: string): string {
  const script = 'find . -type f ! -name wp-config.php -print0 | sort -z | xargs -0 sha256sum';
  return execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

interface NodeRow {
  id: string;
  health: string;
}

describe.runIf(requires('netns'))('a master and two nodes, each a host of its own', () => {
  let hosts: Hosts;
  let web1: NetHost;
  let web2: NetHost;
  let master: TestMaster;
  let nodes: TestNode[];
  let ids: string[];
  let shop: { site: WordPressSite; database: string };
  let blog: { site: WordPressSite; database: string };
  let siteId: string;
  let before: { tree: string; posts: unknown[] };

  beforeAll(async () => {
    hosts = await Hosts.create();
    const hub = await hosts.addHost('hub');
    [web1, web2] = [await hosts.addHost('web1'), await hosts.addHost('web2')];
    master = await hosts.startMaster(hub);
    const s3 = await hosts.startS3(hub);
    await master.api.post('/storage', {
      name: 'bucket',
      kind: 's3',
      isDefault: true,
      settings: await s3.newBucket(),
    });
    shop = await hosts.installWordPress(web1, 'shop', { posts: 5 });
    blog = await hosts.installWordPress(web2, 'blog');
  }, 180_000);
  afterAll(() => hosts.remove());

  async function joined(host: NetHost, name: string): Promise<TestNode> {
    const { token } = await master.api.post<{ token: string }>('/nodes/tokens', {});
    await mkdir(hosts.folder(host), { recursive: true });
    const file = join(hosts.folder(host), 'join-token');
    await writeFile(file, `${token}\n`, { mode: 0o600 });
    const args = ['node', 'join', master.url, '--token-file', file, '--name', name, '--allow-http'];
    expect(await hosts.cli(host, args)).toMatchObject({ code: 0 });
    return hosts.startNode(host);
  }

  const rows = async (): Promise<NodeRow[]> => (await master.api.get<{ items: NodeRow[] }>('/nodes')).items;

  it('both join with a token each, and are heard of', async () => {
    nodes = [await joined(web1, 'web-1'), await joined(web2, 'web-2')];
    const all = await until('both to be online', async () => {
      const found = await rows();
      return found.length === 2 && found.every(({ health }) => health === 'online') ? found : null;
    });
    const named = await master.api.get<{ items: { id: string; name: string }[] }>('/nodes');
    expect(all).toHaveLength(2);
    ids = ['web-1', 'web-2'].map((name) => named.items.find((node) => node.name === name)?.id ?? '');
  });

  it('the site of each is registered and backed up from there, both at the same time', async () => {
    siteId = (await master.api.addSite(shop.site.root, { nodeId: ids[0] })).id;
    const other = await master.api.addSite(blog.site.root, { nodeId: ids[1] });
    const jobs = await Promise.all([master.api.backUp(siteId), master.api.backUp(other.id)]);
    const whole = { status: 'completed', error: null, attempt: 1, warningCount: 0 };
    expect(jobs[0]).toMatchObject({ ...whole, nodeId: ids[0] });
    expect(jobs[1]).toMatchObject({ ...whole, nodeId: ids[1] });
  });

  it('an upload whose link is cut goes on where it was, once, when the link is back', async () => {
    await writeFile(join(shop.site.root, 'wp-content/uploads/film.mp4'), randomBytes(UPLOAD_BYTES));
    await web1.limit(MEGABITS);
    const job = await master.api.post<JobDto>(`/sites/${siteId}/backups`);
    const isUploading = (at: JobDto): boolean =>
      at.progress?.stage === 'upload_remote' && at.progress.bytesDone > UPLOAD_BYTES / 8;
    await until('the upload to be under way', async () => isUploading(await master.api.job(job.id)), {
      timeoutMs: 60_000,
    });
    await web1.cut('silent');
    const at = await master.api.job(job.id);
    expect(at.progress?.bytesDone).toBeLessThan(UPLOAD_BYTES);
    // Longer than a request waits for its answer at first.
    await pause(6000);
    expect(await master.api.job(job.id)).toMatchObject({ status: 'running', attempt: 1 });
    await web1.heal();
    await web1.limit(null);
    expect(await master.api.ended(job.id, 150_000)).toMatchObject({ status: 'completed', attempt: 1, warningCount: 0 });
    const events = await master.api.follow(job.id);
    for (const { name } of at.stages)
      for (const type of ['stage.started', 'stage.completed'])
        expect(events.filter((event) => event.type === type && event.data['stage'] === name)).toHaveLength(1);
  });

  it('what was on node 1 is brought back on node 2, whole', async () => {
    const database = await hosts.database(web1);
    before = {
      tree: treeOf(shop.site.root),
      posts: await database.query('select ID, post_title, post_content from wp_posts order by ID', shop.database),
    };
    const [newest] = await master.api.backups(siteId);
    await nodes[0]?.kill();
    await rm(shop.site.root, { recursive: true });
    await database.query(`drop database \`${shop.database}\``);

    const account = await (await hosts.database(web2)).createDatabase('shop_again');
    const target = join(hosts.folder(web2), 'www/shop');
    const job = await master.api.restore(newest?.id ?? '', {
      what: 'all',
      nodeId: ids[1],
      targetPath: target,
      targetDatabase: {
        host: `localhost:${account.socket}`,
        name: account.database,
        user: account.user,
        password: account.password,
      },
    });
    expect(job).toMatchObject({ status: 'completed', error: null, nodeId: ids[1] });
    expect(treeOf(target)).toBe(before.tree);
    const posts = 'select ID, post_title, post_content from wp_posts order by ID';
    expect(await (await hosts.database(web2)).query(posts, account.database)).toEqual(before.posts);
  });

  it('the key of a node that is revoked gets nothing', async () => {
    const { key } = JSON.parse(readFileSync(join(hosts.dataDir(web2), 'node.json'), 'utf8')) as { key: string };
    const status = async (method: string, path: string, body?: unknown): Promise<number> => {
      const headers = {
        Authorization: `Bearer ${key}`,
        'Content-Type': 'application/json',
        'backupd-version': version,
        'backupd-boot': 'test',
      };
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      return (await fetch(master.url + path, { method, headers, ...content })).status;
    };
    const noWork = { jobs: 0, tasks: 0, waitSeconds: 0 };
    expect(await status('POST', '/node/work', noWork)).toBe(204);
    expect(await hosts.cli(web2, ['node', 'status'])).toMatchObject({ code: 0 });
    await master.api.post(`/nodes/${ids[1]}/revoke`);
    for (const path of ['/node/work', '/node/heartbeat', `/node/runs/${newId()}/read`, '/node/key/rotate'])
      expect(await status('POST', path, noWork), path).toBe(401);
    for (const path of ['/nodes', '/sites', '/backups', '/storage', '/jobs', '/events'])
      expect(await status('GET', path), path).toBe(401);
    await until(
      'the node to say that it is refused',
      async () => (await hosts.cli(web2, ['node', 'status'])).code !== 0,
    );
  });
});
