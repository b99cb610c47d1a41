export { DEFAULT_DEPTH, type ScanEvent, type ScanOptions, ScannerService } from './scanner.service.js';
export { ScannerModule } from './scanner.module.js';
