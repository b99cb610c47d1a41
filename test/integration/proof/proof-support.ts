import { AppError } from '../../../src/common/errors/index.js';

export interface ProofDto {
  everyDays: number;
  budgetBytes: number | null;
  providers: {
    objects: number;
    bytes: number;
    damaged: number;
    missing: number;
    neverRead: number;
    overdue: number;
    oldestProofAt: string | null;
    shareReadInTime: number;
    guaranteed: boolean | null;
    needsBytesPerDay: number;
    next: { key: string } | null;
    last: {
      startedAt: string;
      objects: number;
      bytes: number;
      unreadable: number;
      error: { code: string } | null;
    } | null;
  }[];
}
export type Provider = ProofDto['providers'][number];

export function ioError(): AppError {
  const cause = Object.assign(new Error('EIO'), { code: 'EIO' });
  return new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: 'The disk is bad.', cause });
}

export async function* broken(error: Error): AsyncGenerator<Buffer> {
  yield Buffer.alloc(10);
  throw error;
}
