/** Run as a process of its own (`node --import tsx orphan-postgres.ts <folder>`): starts the embedded PostgreSQL and is then killed by the test. */
import { EmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.js';

const server = await EmbeddedPostgres.start(process.argv[2] ?? '');
process.stdout.write(`${JSON.stringify({ pid: server.pid, url: server.url })}\n`);
setInterval(() => {}, 60_000);
