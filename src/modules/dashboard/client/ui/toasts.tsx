import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { CircleAlert, CircleCheck, X } from 'lucide-preact';
import type { Problem } from '../api/problem.ts';
import { IconButton } from './icon-button.tsx';
import './overlays.css';

interface Toast {
  id: number;
  text: string;
  hint: string | null;
  critical: boolean;
}

/** Errors stay until they are closed. */
const SHOWN_MS = 5000;

const toasts = signal<Toast[]>([]);
let nextId = 1;

function add(toast: Omit<Toast, 'id'>): number {
  const id = nextId;
  nextId += 1;
  toasts.value = [...toasts.value.slice(-3), { id, ...toast }];
  return id;
}

function remove(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Says that something was done. */
export function showToast(text: string): void {
  const id = add({ text, hint: null, critical: false });
  setTimeout(() => remove(id), SHOWN_MS);
}

/** Says that something was not done, until it is closed. */
export function showProblem(problem: Problem): void {
  add({ text: problem.message, hint: problem.hint, critical: true });
}

/** Where they are shown; once in the page. A popover, as only that is above an open dialog. */
export function Toasts() {
  const ref = useRef<HTMLDivElement>(null);
  const count = toasts.value.length;
  useEffect(() => {
    const element = ref.current;
    if (element === null || typeof element.showPopover !== 'function') return;
    if (element.matches(':popover-open')) element.hidePopover();
    if (count > 0) element.showPopover();
  }, [count]);
  return (
    <div role="status" aria-live="polite">
      <div class="toasts" popover="manual" ref={ref}>
        {toasts.value.map(({ id, text, hint, critical }) => {
          const Icon = critical ? CircleAlert : CircleCheck;
          return (
            <div key={id} class={`toast${critical ? ' toast-critical' : ''}`}>
              <Icon class="icon" aria-hidden="true" />
              <div class="grow">
                <p>{text}</p>
                {hint !== null && <p class="muted small">{hint}</p>}
              </div>
              <IconButton
                label="Close"
                icon={<X class="icon icon-small" aria-hidden="true" />}
                onClick={() => remove(id)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
