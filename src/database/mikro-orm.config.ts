import { ormOptions } from './orm-options.js';

/** For the ORM's command line only (`npm run db:create`, `npm run db:check`). */
export default ormOptions(process.env['BACKUPD_DATABASE_URL'] ?? 'postgresql://backupd@localhost/backupd');
