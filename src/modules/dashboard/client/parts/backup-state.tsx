import { Check, Pin } from 'lucide-preact';
import type { Dto } from '../api/client.ts';
import { Badge, StatusBadge, type Tone } from '../ui/badge.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import './backup-state.css';

type Backup = Dto<'BackupDto'>;
type Copy = Dto<'CopyDto'>;

/** Whether it can be restored from a copy that is known to be whole. */
export function isWhole({ copies }: Pick<Backup, 'copies'>): boolean {
  return copies.some(({ state }) => state === 'present' || state === 'verified');
}

/** When a copy of it was last read back and right: the newest of all copies. */
export function lastProof({ copies }: Pick<Backup, 'copies'>): string | null {
  const times = copies.flatMap(({ state, verifiedAt }) =>
    verifiedAt === null || state !== 'verified' ? [] : [verifiedAt],
  );
  return times.toSorted().at(-1) ?? null;
}

/** Whether it is good, in one word. */
export function BackupState({ backup }: { backup: Backup }) {
  if (!isWhole(backup)) return <StatusBadge tone="critical">No whole copy</StatusBadge>;
  if (backup.copies.some(({ state }) => state === 'damaged' || state === 'missing'))
    return <StatusBadge tone="warning">A copy is bad</StatusBadge>;
  if (backup.warnings > 0)
    return (
      <StatusBadge tone="warning">{backup.warnings === 1 ? '1 warning' : `${backup.warnings} warnings`}</StatusBadge>
    );
  return <StatusBadge tone="ok">Good</StatusBadge>;
}

const COPIES: Record<Copy['state'], readonly [Tone, string]> = {
  uploading: ['active', 'being stored'],
  present: ['ok', 'stored'],
  verified: ['ok', 'proven'],
  damaged: ['critical', 'damaged'],
  missing: ['critical', 'missing'],
};

/** How one copy is: the word and its colour. */
export function CopyState({ copy }: { copy: Copy }) {
  const [tone, word] = COPIES[copy.state];
  return <StatusBadge tone={tone}>{word}</StatusBadge>;
}

/** On which storages it is: plain where all is well, so that what is not stands out. */
export function Copies({ copies }: { copies: readonly Copy[] }) {
  return (
    <ul class="copies">
      {copies.map((copy) => (
        <li key={copy.providerId}>
          {copy.state === 'present' || copy.state === 'verified' ? (
            <>
              <Check class="icon icon-small" aria-hidden="true" />
              {storageOf(copy)} <span class="muted small">{COPIES[copy.state][1]}</span>
            </>
          ) : (
            <>
              {storageOf(copy)} <CopyState copy={copy} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The name of the storage that a copy is on. */
export function storageOf({ providerName }: Copy): string {
  return providerName ?? 'a storage that is gone';
}

/** Whether retention keeps it for ever, or has let it go. Nothing for the others. */
export function KeptState({ backup: { pinned, pinNote, expiresAt } }: { backup: Backup }) {
  if (pinned)
    return (
      <Badge icon={<Pin class="icon icon-small" aria-hidden="true" />}>
        {pinNote === null || pinNote === '' ? 'Pinned' : `Pinned: ${pinNote}`}
      </Badge>
    );
  if (expiresAt !== null)
    return (
      <Badge tone="warning">
        Let go, deleted <RelativeTime at={expiresAt} />
      </Badge>
    );
  return null;
}
