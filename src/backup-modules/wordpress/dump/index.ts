export { dumpMySql, type DumpMySqlOptions, type DumpResult } from './dump-mysql.js';
export { DumpParser, type DumpHandler } from './dump-parser.js';
export { safeName } from './member-names.js';
export { TableScope, wordPressPrefixes, type DumpScope } from './scope.js';
export { SpillBuffer, type SpilledContent } from './spill-buffer.js';
export { StatementScanner } from './statement-scanner.js';
