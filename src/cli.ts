import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Compiled code is kept beside the build, where only who may change the build writes; never in a folder of all users. Where
// this user may not write there, nothing is kept. All else is imported after this, to be found there.
enableCompileCache(join(import.meta.dirname, '../.compile-cache'));
await import('./cli/process.js');
