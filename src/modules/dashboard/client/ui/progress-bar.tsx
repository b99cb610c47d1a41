interface ProgressBarProps {
  /** What goes on, for screen readers. */
  label: string;
  /** 0 to 100; null = nobody knows. */
  percent: number | null;
  tone?: 'active' | 'warning' | 'critical';
}

/** How far something is, or how full. */
export function ProgressBar({ label, percent, tone = 'active' }: ProgressBarProps) {
  const shown = percent === null ? null : Math.min(100, Math.max(0, percent));
  return (
    <div
      class={`progress progress-${tone}${shown === null ? ' progress-unknown' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(shown === null ? {} : { 'aria-valuenow': Math.round(shown) })}
    >
      <div class="progress-bar" {...(shown === null ? {} : { style: { width: `${shown}%` } })} />
    </div>
  );
}
