import type { RestoringModule } from '../../../src/engine/ports/index.js';

export function plainModule(engine: Record<string, unknown>): new () => RestoringModule;
