import { Injectable } from '@nestjs/common';
import { comparePaths } from '../../engine/snapshot/manifest/index.js';
import { countChange, diffFiles, newTotals } from '../../engine/snapshot/diff/index.js';
import { BackupReader, Catalogue, backupPath } from '../backups/index.js';
import { diffNothingBefore, diffOtherSite } from './diff.errors.js';
import { type DiffQueryDto, FileChangeDto, type FileDiffDto } from './dto/diff.dto.js';

const PAGE = 200;

/** Compares backups of one site by their manifests; no content is read for files. */
@Injectable()
export class DiffService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly reader: BackupReader,
  ) {}

  /** Errors: BACKUP_NOT_FOUND, DIFF_OTHER_SITE, DIFF_NOTHING_BEFORE, PATH_INVALID, and of reading. */
  async files(id: string, query: DiffQueryDto, signal: AbortSignal): Promise<FileDiffDto> {
    const from = await this.earlier(id, query.from);
    const [before, after] = await Promise.all([this.reader.open(from, signal), this.reader.open(id, signal)]);
    const below = query.path === undefined ? {} : { below: backupPath({ path: query.path }) };
    const behind = query.cursor === undefined ? null : Buffer.from(query.cursor, 'base64url');
    const totals = behind === null ? newTotals() : null;
    const items: FileChangeDto[] = [];
    let last: Buffer | null = null;
    let more = false;
    for await (const change of diffFiles(before.entries(), after.entries(), below)) {
      if (totals !== null) countChange(totals, change);
      if (behind !== null && comparePaths(change.path, behind) <= 0) continue;
      if (items.length < query.limit) {
        items.push(FileChangeDto.of(change));
        last = change.path;
        continue;
      }
      more = true;
      if (totals === null) break;
    }
    return { from, to: id, totals, items, nextCursor: more && last !== null ? last.toString('base64url') : null };
  }

  /** The backup to compare with: the given one, else the newest one before. */
  async earlier(id: string, given: string | undefined): Promise<string> {
    const { backup } = await this.catalogue.get(id);
    if (given !== undefined) {
      const other = await this.catalogue.get(given);
      if (other.backup.siteId !== backup.siteId) throw diffOtherSite(id, given);
      return given;
    }
    for (let offset = 0; ; offset += PAGE) {
      // oxlint-disable-next-line no-await-in-loop -- newest first, page by page
      const page = await this.catalogue.list({ siteId: backup.siteId }, { limit: PAGE, offset });
      const before = page.items.find((one) => one.backup.startedAt < backup.startedAt);
      if (before !== undefined) return before.backup.id;
      if (offset + PAGE >= page.total) throw diffNothingBefore(id);
    }
  }
}
