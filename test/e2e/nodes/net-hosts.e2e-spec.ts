import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requires } from '../../../src/engine/testing/index.js';
import { TestNetwork, type NetHost } from '../../support/net-hosts.js';

/** Fetches from within a host; the exit code of curl: 0 = an answer, 7 = no way there, 28 = silence. */
async function curl(host: NetHost, url: string, seconds = '5'): Promise<{ code: number; text: string }> {
  const child = host.spawn('curl', ['-s', '--max-time', seconds, url], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

/** Those of this process. */
function namespaces(): string[] {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  return names.filter((name) => name.startsWith(`bkd-${process.pid}-`)).toSorted();
}

describe.runIf(requires('netns'))('hosts of a test in network namespaces', () => {
  let network: TestNetwork;
  let one: NetHost;
  let two: NetHost;
  let url: string;
  let ticks: AsyncIterator<string>;
  const server = createServer((request, response) => {
    if (request.url === '/ticks') {
      response.write('first');
      server.once('tick', () => response.end('second'));
    } else response.end(`hello ${request.socket.remoteAddress ?? ''}`);
  });

  beforeAll(async () => {
    network = await TestNetwork.create();
    [one, two] = [await network.addHost('one'), await network.addHost('two')];
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await one.expose(8080, (server.address() as AddressInfo).port);
    url = `http://${one.address}:8080`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await network.remove();
  });

  it('reach each other and the test, and nothing of the machine', async () => {
    expect(await curl(two, url)).toEqual({ code: 0, text: 'hello 127.0.0.1' });
    expect(await (await fetch(url)).text()).toContain('hello');
    expect((await two.run('ip', ['-4', '-oneline', 'address'])).stdout).toContain(two.address);
    expect((await curl(two, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)).code).toBe(7);
  });

  it('are cut off and come back, and a connection that nobody gave up goes on', async () => {
    const response = await fetch(`${url}/ticks`);
    const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
    ticks = (response.body as ReadableStream<Uint8Array>).pipeThrough(decoder)[Symbol.asyncIterator]();
    expect(await ticks.next()).toMatchObject({ value: 'first' });

    await one.cut('silent');
    expect((await curl(two, url, '0.3')).code).toBe(28);
    server.emit('tick');
    await one.heal();
    expect(await ticks.next()).toMatchObject({ value: 'second' });

    await two.cut();
    expect((await curl(two, url)).code).toBe(7);
    await two.heal();
    expect((await curl(two, url)).code).toBe(0);
  });

  it('are slowed down', async () => {
    await two.limit(8);
    expect((await two.run('tc', ['qdisc', 'show', 'dev', 'eth0'])).stdout).toContain('rate 8Mbit');
    await two.limit(null);
    expect((await two.run('tc', ['qdisc', 'show', 'dev', 'eth0'])).stdout).not.toContain('rate');
  });

  it('of a test that was killed are removed by the next, with what ran in them', async () => {
    // A process that is gone when the next network is made.
    const gone = `bkd-${process.pid}-1-1-left`;
    execFileSync('ip', ['netns', 'add', gone]);
    const left = spawn('ip', ['netns', 'exec', gone, 'sleep', '600'], { stdio: 'ignore' });
    const ended = once(left, 'exit');
    const before = namespaces().filter((name) => name !== gone);
    const next = await TestNetwork.create();
    await next.addHost('one');
    expect(namespaces()).toHaveLength(before.length + 2);
    await next.remove();
    expect((await ended)[1]).toBe('SIGKILL');
    expect(namespaces()).toEqual(before);
  });
});
