import { AppError } from '../../common/errors/index.js';
import type { Destination, FileSource, PutOptions, StoredObject, StreamSource } from '../ports/index.js';

/**
 * Puts the object, compares what the provider answers with what was sent, and asks it once more what it has (rule 1). Errors:
 * UPLOAD_MISMATCH and the storage's.
 */
export async function putChecked(
  { driver, providerName }: Destination,
  key: string,
  source: FileSource | StreamSource,
  options: PutOptions = {},
): Promise<void> {
  const answer = await driver.put(key, source, options);
  for (const stored of [answer, await driver.stat(key, options.signal)])
    if (!isSame(stored, source)) throw uploadMismatch(providerName, key, source, stored);
}

interface ObjectFacts {
  size: number;
  sha256?: string;
}

/** Not every provider knows checksums. */
function isSame(stored: ObjectFacts | null, sent: ObjectFacts): boolean {
  if (stored === null || stored.size !== sent.size) return false;
  return stored.sha256 === undefined || stored.sha256 === sent.sha256;
}

function uploadMismatch(provider: string, key: string, sent: ObjectFacts, stored: StoredObject | null): AppError {
  return new AppError({
    code: 'UPLOAD_MISMATCH',
    kind: 'storage',
    message: `The storage "${provider}" does not have what was sent to it.`,
    hint: 'Check that storage: its disk, or a proxy in between. What was sent does not count as stored there.',
    retry: 'later',
    context: {
      provider,
      key,
      sentBytes: sent.size,
      storedBytes: stored?.size ?? null,
      sentSha256: sent.sha256 ?? null,
      storedSha256: stored?.sha256 ?? null,
    },
  });
}
