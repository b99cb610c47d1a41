import { useEffect, useRef } from 'preact/hooks';
import { Check } from 'lucide-preact';

const STEPS = [
  ['choose', 'What and where'],
  ['review', 'Preview and confirm'],
] as const;

/** Where one is on the way. */
export function Steps({ current }: { current: 'choose' | 'review' }) {
  const at = STEPS.findIndex(([name]) => name === current);
  const list = useRef<HTMLOListElement>(null);
  // The first one comes with the page, which has the focus itself.
  const before = useRef(current);
  useEffect(() => {
    if (before.current === current) return;
    before.current = current;
    list.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [current]);
  return (
    <ol class="steps" aria-label="Steps" ref={list} tabIndex={-1}>
      {STEPS.map(([name, title], index) => (
        <li
          key={name}
          class={index === at ? 'step step-current' : 'step'}
          {...(index === at ? { 'aria-current': 'step' } : {})}
        >
          <span class="step-mark" aria-hidden="true">
            {index < at ? <Check class="icon icon-small" /> : index + 1}
          </span>
          {title}
        </li>
      ))}
    </ol>
  );
}
