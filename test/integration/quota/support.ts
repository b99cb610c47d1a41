import type { JobDto, Page, UsageDto } from '../../../src/cli/api-types.js';
import { afterEach } from 'vitest';
import type { TestApp } from '../core/test-app.js';
import { useJobsApp } from '../jobs/jobs-app.js';
import { sql, storedBytes } from '../retention/support.js';

/** The calls of one application's quotas, with the application. */
export interface Quotas {
  test: TestApp;
  put: (path: string, bytes: number, over?: string) => Promise<{ status: number; body: unknown }>;
  usage: (scope: string, id: string | null) => Promise<UsageDto | undefined>;
  /** Of the storage that is there from the start. */
  providerId: () => Promise<string>;
  /** What the catalogue knows of a site on all storages. */
  bytesOf: (site: { id: string }) => Promise<number>;
}

/** An application with room for some jobs at a time, for all tests of a file; after each no quota is left. */
export function useQuotas(): Quotas {
  const test = useJobsApp({ limits: { io: 6, network: 6, cpu: 4, bandwidthMbps: 0 } });
  afterEach(async () => {
    await sql(test, 'delete from quota; update site set retention = null');
  });
  return {
    test,
    put: (path, bytes, over = 'fail') => test.admin.call('PUT', `/quotas/${path}`, { bytes, over }),
    usage: async (scope, id) => {
      const { items } = await test.viewer.get<Page<UsageDto>>(`/usage?scope=${scope}&limit=500`);
      return items.find((each) => each.subjectId === id);
    },
    providerId: async () => {
      const { items } = await test.admin.get<Page<{ id: string; name: string }>>('/storage');
      return items.find(({ name }) => name === 'local')?.id ?? '';
    },
    bytesOf: (site) => storedBytes(test, `site_id = '${site.id}'`),
  };
}

export const codesOf = ({ error, warnings }: JobDto): (string | undefined)[] => [
  error?.code,
  ...warnings.map((warning) => warning.code),
];
