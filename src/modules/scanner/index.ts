export { DEFAULT_DEPTH, type FoundFolder, type ScanEvent } from './disk/index.js';
export { type ScanOptions, ScannerService } from './scanner.service.js';
export { ScannerModule } from './scanner.module.js';
