import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from './statistics.js';

/** How long an API took to answer, in milliseconds. */
export interface Latency {
  calls: number;
  p50: number;
  p99: number;
  max: number;
}

/**
 * Calls the addresses in turn, one every `everyMs` milliseconds, while the work goes on, whether or not the last answer has
 * come: a blocked server shows in every call it holds up. A failed call fails the measurement, unless somebody is told of it.
 */
export async function measureLatency(
  urls: readonly string[],
  token: string,
  everyMs: number,
  work: () => Promise<unknown>,
  onFailure?: (error: unknown) => void,
): Promise<Map<string, Latency>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const times = new Map(urls.map((url) => [url, [] as number[]]));
  const open: Promise<void>[] = [];
  let failure: unknown = null;
  const call = async (url: string, list: number[]): Promise<void> => {
    try {
      list.push(await timeOf(url, token, agent));
    } catch (error) {
      if (onFailure === undefined) failure ??= error;
      else onFailure(error);
    }
  };
  let turn = 0;
  const fire = (): void => {
    const url = urls[turn % urls.length] ?? '';
    turn += 1;
    open.push(call(url, times.get(url) ?? []));
  };
  const timer = setInterval(fire, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
    await Promise.race([Promise.all(open), pause(10_000)]);
    agent.destroy();
  }
  if (failure !== null) throw new Error('The API failed while it was measured', { cause: failure });
  return new Map([...times].map(([url, list]) => [url, summary(list)]));
}

function timeOf(url: string, token: string, agent: Agent, begin = performance.now()): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - begin);
        else reject(new Error(`GET ${new URL(url).pathname} gave ${response.statusCode}`));
      });
    });
    request.once('error', (error) => {
      // The server closes idle connections; one that is closed just when it is used again is no failure of the API.
      if (request.reusedSocket) resolve(timeOf(url, token, agent, begin));
      else reject(error);
    });
  });
}

function summary(times: readonly number[]): Latency {
  return {
    calls: times.length,
    p50: percentile(times, 0.5) ?? 0,
    p99: percentile(times, 0.99) ?? 0,
    max: Math.max(0, ...times),
  };
}
