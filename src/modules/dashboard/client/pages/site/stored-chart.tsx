import type { Dto } from '../../api/client.ts';
import { bytes } from '../../lib/format.ts';
import { dateTime, day } from '../../lib/time.ts';
import './site.css';

type Backup = Dto<'BackupDto'>;

/** Fewer say nothing. */
const ENOUGH = 4;
const HEIGHT = 96;
const SLOT = 14;
/** In pixels, as few bars would become blocks. */
const WIDEST = 44;

/** What each backup added to the storage, oldest first. Full ones would make all others invisible: they reach the top. */
export function StoredChart({ backups }: { backups: readonly Backup[] }) {
  if (backups.length < ENOUGH) return null;
  const shown = backups.toReversed();
  const changes = shown.filter(({ parentBackupId }) => parentBackupId !== null);
  const scale = Math.max(1, ...(changes.length > 0 ? changes : shown).map(({ storedBytes }) => storedBytes));
  const total = shown.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const first = shown.at(0);
  const last = shown.at(-1);
  const hasFull = changes.length > 0 && changes.length < shown.length;
  const summary = `New bytes stored by each of the last ${shown.length} backups: ${bytes(total)} together, ${bytes(scale)} at most${hasFull ? ' by one that is not full' : ''}, ${bytes(last?.storedBytes)} by the newest.`;
  return (
    <figure class="stored-chart">
      <svg
        viewBox={`0 0 ${shown.length * SLOT} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summary}
        style={{ maxWidth: `${shown.length * WIDEST}px` }}
      >
        {shown.map((backup, index) => {
          const isFull = backup.parentBackupId === null && changes.length > 0;
          const height = isFull ? HEIGHT : Math.max(2, (Math.min(backup.storedBytes, scale) / scale) * (HEIGHT - 8));
          return (
            <g key={backup.id}>
              <title>{`${dateTime(new Date(backup.createdAt))}: ${bytes(backup.storedBytes)}${isFull ? ', full' : ''}`}</title>
              <rect class="stored-slot" x={index * SLOT} y={0} width={SLOT} height={HEIGHT} />
              <rect
                class={isFull ? 'stored-full' : 'stored-bar'}
                x={index * SLOT + 2}
                y={HEIGHT - height}
                width={SLOT - 4}
                height={height}
              />
            </g>
          );
        })}
      </svg>
      <figcaption class="muted small">
        {first !== undefined && last !== undefined && (
          <span class="stored-days" style={{ maxWidth: `${shown.length * WIDEST}px` }}>
            <span>{day(new Date(first.createdAt))}</span>
            <span>{day(new Date(last.createdAt))}</span>
          </span>
        )}
        {bytes(total)} in {shown.length} backups.
        {hasFull && ` Grey ones are full and reach the top; the others stored ${bytes(scale)} at most.`}
      </figcaption>
    </figure>
  );
}
