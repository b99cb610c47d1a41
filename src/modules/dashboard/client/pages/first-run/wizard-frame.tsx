import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Check } from 'lucide-preact';
import { EntryFrame } from '../../shell/entry-frame.tsx';
import { Card } from '../../ui/card.tsx';
import { type Step, STEP_TITLES, STEPS } from './wizard-state.ts';
import './first-run.css';

interface WizardFrameProps {
  step: Step;
  title: string;
  about: ComponentChildren;
  children: ComponentChildren;
}

/** What is around each screen of the first run: where one is, what it is about. */
export function WizardFrame({ step, title, about, children }: WizardFrameProps) {
  const head = useRef<HTMLHeadingElement>(null);
  const at = STEPS.indexOf(step);
  useEffect(() => {
    head.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [step]);
  return (
    <EntryFrame title={title} wide>
      <ol class="steps" aria-label="Steps">
        {STEPS.map((name, index) => (
          <li
            key={name}
            class={index < at ? 'step-done' : index === at ? 'step-now' : ''}
            {...(index === at ? { 'aria-current': 'step' } : {})}
          >
            <span class="step-number">
              {index < at ? <Check class="icon icon-small" aria-hidden="true" /> : index + 1}
            </span>
            <span class="step-title">
              {STEP_TITLES[name]}
              {index < at && <span class="visually-hidden">, done</span>}
            </span>
          </li>
        ))}
      </ol>
      <Card>
        <div class="stack">
          <div>
            <h1 ref={head} tabIndex={-1}>
              {title}
            </h1>
            <p class="muted">{about}</p>
          </div>
          {children}
        </div>
      </Card>
    </EntryFrame>
  );
}
