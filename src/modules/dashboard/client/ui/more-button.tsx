import { Button } from './button.tsx';

/** Below a list that has more; nothing at its end. */
export function MoreButton({ onMore, pending }: { onMore: (() => void) | null; pending: boolean }) {
  if (onMore === null) return null;
  return (
    <div class="pager">
      <Button size="small" pending={pending} onClick={onMore}>
        Show more
      </Button>
    </div>
  );
}
