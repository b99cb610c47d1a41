import type { FileSource } from '../../../src/engine/ports/index.js';
import { parseS3Settings, S3StorageDriver } from '../../../src/storage-drivers/s3/index.js';

/** Run by s3-transfer.int-spec.ts: puts a file, and kills itself with SIGKILL when so many bytes are sent; else tells its most memory, in KiB. */
const [json = '{}'] = process.argv.slice(2);
const { settings, key, source, killAt } = JSON.parse(json) as {
  settings: Record<string, unknown>;
  key: string;
  source: FileSource;
  killAt: number;
};
await new S3StorageDriver(parseS3Settings(settings)).put(key, source, {
  onProgress: (bytes) => {
    if (bytes >= killAt) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write(String(process.resourceUsage().maxRSS));
