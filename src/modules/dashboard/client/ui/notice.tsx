import type { ComponentChildren } from 'preact';
import { Info, TriangleAlert } from 'lucide-preact';

/** Something to know, that is no fault. */
export function Notice({ tone = 'info', children }: { tone?: 'info' | 'warning'; children: ComponentChildren }) {
  const Icon = tone === 'info' ? Info : TriangleAlert;
  return (
    <div class={`notice notice-${tone}`}>
      <Icon class="icon" aria-hidden="true" />
      <div class="grow stack-tight">{children}</div>
    </div>
  );
}
