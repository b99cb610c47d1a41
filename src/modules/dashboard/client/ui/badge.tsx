import type { ComponentChildren } from 'preact';
import { CircleAlert, CircleCheck, CircleDashed, CirclePause, LoaderCircle, TriangleAlert } from 'lucide-preact';

export type Tone = 'ok' | 'warning' | 'critical' | 'active' | 'neutral';

/** A word in a colour. */
export function Badge({
  tone = 'neutral',
  icon,
  children,
}: {
  tone?: Tone;
  icon?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge badge-${tone}`}>
      {icon}
      {children}
    </span>
  );
}

const ICONS = {
  ok: CircleCheck,
  warning: TriangleAlert,
  critical: CircleAlert,
  active: LoaderCircle,
  neutral: CircleDashed,
};

/** A state: icon, word and colour, so that none of them alone has to carry it. */
export function StatusBadge({
  tone,
  paused = false,
  children,
}: {
  tone: Tone;
  paused?: boolean;
  children: ComponentChildren;
}) {
  const Icon = paused ? CirclePause : ICONS[tone];
  return (
    <Badge tone={tone} icon={<Icon class="icon icon-small" aria-hidden="true" />}>
      {children}
    </Badge>
  );
}
