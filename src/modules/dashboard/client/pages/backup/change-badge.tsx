import { ArrowRightLeft, Equal, Minus, Plus } from 'lucide-preact';
import { Badge } from '../../ui/badge.tsx';

const CHANGES = {
  added: ['ok', 'Added', Plus],
  removed: ['critical', 'Removed', Minus],
  changed: ['active', 'Changed', ArrowRightLeft],
  same: ['neutral', 'Same', Equal],
} as const;

/** What became of a file or a table. */
export function ChangeBadge({ change }: { change: keyof typeof CHANGES }) {
  const [tone, title, Icon] = CHANGES[change];
  return (
    <Badge tone={tone} icon={<Icon class="icon icon-small" aria-hidden="true" />}>
      {title}
    </Badge>
  );
}
