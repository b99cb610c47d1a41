import type { JobDto, Page } from '../../../src/cli/api-types.js';
import type { TestApp } from '../core/test-app.js';

export interface Usage {
  subjectId: string | null;
  name: string | null;
  bytes: number;
  objects: number;
  reservedBytes: number;
  quotaBytes: number | null;
  percent: number | null;
  near: boolean;
}

/** The calls of one application's quotas. */
export class QuotaApi {
  constructor(private readonly test: () => TestApp) {}

  put(path: string, bytes: number, over = 'fail'): Promise<{ status: number; body: unknown }> {
    return this.test().admin.call('PUT', `/quotas/${path}`, { bytes, over });
  }

  async usage(scope: string, id: string | null): Promise<Usage | undefined> {
    const { items } = await this.test().viewer.get<Page<Usage>>(`/usage?scope=${scope}&limit=500`);
    return items.find((each) => each.subjectId === id);
  }

  /** Of the storage that is there from the start. */
  async providerId(): Promise<string> {
    const { items } = await this.test().admin.get<Page<{ id: string; name: string }>>('/storage');
    return items.find(({ name }) => name === 'local')?.id ?? '';
  }
}

export const codesOf = ({ error, warnings }: JobDto): (string | undefined)[] => [
  error?.code,
  ...warnings.map((warning) => warning.code),
];
