import { Check } from 'lucide-preact';

const STEPS = [
  ['choose', 'What and where'],
  ['review', 'Preview and confirm'],
] as const;

/** Where one is on the way. */
export function Steps({ current }: { current: 'choose' | 'review' }) {
  const at = STEPS.findIndex(([name]) => name === current);
  return (
    <ol class="steps" aria-label="Steps">
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
