import { describe, expect, it } from 'vitest';
import { failoverOrder } from './site-destinations.js';

const sites = Array.from({ length: 20_000 }, (_, index) => `site-${index}`);

function firstChoices(providers: { id: string; weight: number }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const site of sites) {
    const [first = ''] = failoverOrder(site, providers);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return counts;
}

describe('failoverOrder', () => {
  it.each([[[1, 1]], [[1, 2, 3]], [[5, 1, 0.5, 10]], [[100, 300]]])(
    'spreads sites by weight: %j',
    (weights: number[]) => {
      const sum = weights.reduce((a, b) => a + b, 0);
      const counts = firstChoices(weights.map((weight, index) => ({ id: `p${index}`, weight })));
      for (const [index, weight] of weights.entries()) {
        const share = weight / sum;
        // Five standard deviations of a fair draw.
        const slack = 5 * Math.sqrt((share * (1 - share)) / sites.length);
        expect(Math.abs((counts.get(`p${index}`) ?? 0) / sites.length - share)).toBeLessThan(slack);
      }
    },
  );

  it('names each provider once, whatever order they are given in; weight 0 is the last resort', () => {
    const providers = [3, 0, 1, 2].map((weight, index) => ({ id: `p${index}`, weight }));
    for (const site of sites.slice(0, 500)) {
      const order = failoverOrder(site, providers);
      expect(order.toSorted()).toEqual(['p0', 'p1', 'p2', 'p3']);
      expect(order.at(-1)).toBe('p1');
      expect(failoverOrder(site, providers.toReversed())).toEqual(order);
    }
  });

  it('a provider that comes or goes moves only the sites that are its own', () => {
    const two = [1, 1].map((weight, index) => ({ id: `p${index}`, weight }));
    const three = [...two, { id: 'p2', weight: 1 }];
    for (const site of sites.slice(0, 2000)) {
      const order = failoverOrder(site, three);
      expect(failoverOrder(site, two)).toEqual(order.filter((id) => id !== 'p2'));
    }
  });
});
