import { AppError } from '../../common/errors/index.js';

export function checksumUnknown(key: string): AppError {
  return new AppError({
    code: 'PROOF_CHECKSUM_UNKNOWN',
    kind: 'precondition',
    message: `What ${key} must contain is not known: no manifest that names it can be read.`,
    hint: 'A full verify of a backup that needs it shows what is wrong.',
    retry: 'maybe',
    context: { key },
  });
}

export function proofActive(): AppError {
  return new AppError({
    code: 'PROOF_ACTIVE',
    kind: 'conflict',
    message: 'All these storages are being read back at this moment.',
    hint: 'Wait until that has ended: `backupd proof` (`GET /proof`) shows it.',
    retry: 'later',
  });
}
