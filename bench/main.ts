import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureMemory, memoryTable } from './memory.js';

const LIMIT = 350e6;

const results = await measureMemory();
const table = memoryTable(results);
const text = `# Last run\nSite M: WordPress core, 8,000 text files, 6,000 uploads that do not compress, 1.5 GB in all, a database of about 400 MB.\nLocal storage, durable writes; MariaDB on the same machine is not counted.\n\n${table}\n`;
writeFileSync(join(import.meta.dirname, 'RESULTS.md'), text);
process.stdout.write(`${text}\n`);
if (results.backup.peakBytes > LIMIT) {
  process.stdout.write('The backup took more than 350 MB of memory.\n');
  process.exitCode = 1;
}
