import type { ProviderProofDto } from '../../../src/cli/api-types.js';
import { AppError } from '../../../src/common/errors/index.js';

/** With what the command line does not show. */
export type Provider = ProviderProofDto & { neverRead: number; next: { key: string } | null };
export interface Proof {
  everyDays: number;
  budgetBytes: number | null;
  providers: Provider[];
}

export function ioError(): AppError {
  const cause = Object.assign(new Error('EIO'), { code: 'EIO' });
  return new AppError({ code: 'STORAGE_UNREACHABLE', kind: 'storage', message: 'The disk is bad.', cause });
}

export async function* broken(error: Error): AsyncGenerator<Buffer> {
  yield Buffer.alloc(10);
  throw error;
}
