import { ChevronLeft, ChevronRight } from 'lucide-preact';
import { count } from '../lib/format.ts';
import { Button } from './button.tsx';

interface PagerProps {
  offset: number;
  limit: number;
  total: number;
  onChange: (offset: number) => void;
}

/** Goes through a long list; nothing where there is one page. */
export function Pager({ offset, limit, total, onChange }: PagerProps) {
  if (total <= limit && offset === 0) return null;
  const last = Math.min(offset + limit, total);
  return (
    <nav class="pager" aria-label="Pages">
      <span class="muted small" aria-live="polite">
        {count(Math.min(offset + 1, total))}–{count(last)} of {count(total)}
      </span>
      <span class="row">
        <Button
          size="small"
          icon={<ChevronLeft class="icon icon-small" aria-hidden="true" />}
          disabled={offset === 0}
          onClick={() => onChange(Math.max(0, offset - limit))}
        >
          Back
        </Button>
        <Button size="small" disabled={last >= total} onClick={() => onChange(offset + limit)}>
          Next
          <ChevronRight class="icon icon-small" aria-hidden="true" />
        </Button>
      </span>
    </nav>
  );
}
