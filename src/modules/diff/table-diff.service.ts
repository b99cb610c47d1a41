import { Injectable } from '@nestjs/common';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { BackupReader } from '../backups/index.js';
import { Semaphore } from '../resources/index.js';
import { DiffService } from './diff.service.js';
import { TableDiffDto } from './dto/table-diff.dto.js';

/** Compares the databases of backups of one site, through the module that made them. */
@Injectable()
export class TableDiffService {
  /** One at a time: each takes as much memory as is set aside for it. */
  private readonly turn = new Semaphore(1);

  constructor(
    private readonly diffs: DiffService,
    private readonly reader: BackupReader,
    private readonly modules: BackupModuleRegistry,
  ) {}

  /** Errors: BACKUP_NOT_FOUND, DIFF_OTHER_SITE, DIFF_NOTHING_BEFORE, DIFF_UNSUPPORTED, MODULE_UNKNOWN, and of reading. */
  async tables(id: string, given: string | undefined, signal: AbortSignal): Promise<TableDiffDto> {
    const from = await this.diffs.earlier(id, given);
    const [before, after] = await Promise.all([this.reader.open(from, signal), this.reader.open(id, signal)]);
    const module = this.modules.comparing(after.header.site.module);
    const release = await this.turn.acquire(1, signal);
    try {
      return TableDiffDto.of(from, id, await module.diffDatabase(before, after, signal));
    } finally {
      release();
    }
  }
}
