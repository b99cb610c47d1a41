import type { Dto } from '../../api/client.ts';
import { CopyState, storageOf } from '../../parts/backup-state.tsx';
import { Card } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

/** Where it is stored, how each copy is, and when it was last read back. */
export function CopiesCard({ backup: { copies } }: { backup: Dto<'BackupDto'> }) {
  return (
    <Card title={copies.length === 1 ? 'One copy' : `${copies.length} copies`} flush>
      <ul class="copy-list">
        {copies.map((copy) => (
          <li key={copy.providerId}>
            <span class="row row-between">
              <strong>{storageOf(copy)}</strong>
              <CopyState copy={copy} />
            </span>
            <span class="muted small">
              {copy.verifiedAt === null ? (
                'Not read back yet.'
              ) : (
                <>
                  Every byte read back <RelativeTime at={copy.verifiedAt} />.
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
