import type { ComponentChildren } from 'preact';
import { X } from 'lucide-preact';
import { count } from '../lib/format.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import './picker.css';

export interface Choice {
  id: string;
  title: string;
  /** Tells it from others of the name. */
  detail?: string;
}

interface PickerProps {
  /** What is chosen, in the plural: `sites`. */
  label: string;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  /** What can be chosen now: what the search found. */
  choices: readonly Choice[];
  /** How many more the search found. */
  more: number;
  search: ComponentChildren;
  /** Shows the name of a chosen one. */
  name: (id: string) => ComponentChildren;
  /** Said where the search found nothing. */
  none: string;
}

/** More chips help nobody. */
const SHOWN_CHOSEN = 24;

/** Some of many: what is chosen on top, a search, and what it found. Made for lists too long to be shown. */
export function Picker({ label, chosen, onChange, choices, more, search, name, none }: PickerProps) {
  const has = new Set(chosen);
  return (
    <fieldset class="picker">
      <legend class="visually-hidden">Chosen {label}</legend>
      {chosen.length > 0 && (
        <div class="picker-chosen">
          <ul class="picker-chips" aria-label={`Chosen ${label}`}>
            {chosen.slice(0, SHOWN_CHOSEN).map((id) => (
              <li key={id} class="picker-chip">
                <span class="truncate">{name(id)}</span>
                <IconButton
                  label="Take it out"
                  icon={<X class="icon icon-small" aria-hidden="true" />}
                  onClick={() => onChange(chosen.filter((other) => other !== id))}
                />
              </li>
            ))}
            {chosen.length > SHOWN_CHOSEN && (
              <li class="muted small">and {count(chosen.length - SHOWN_CHOSEN)} more</li>
            )}
          </ul>
          {chosen.length > 1 && (
            <Button kind="quiet" size="small" onClick={() => onChange([])}>
              Clear
            </Button>
          )}
        </div>
      )}
      {search}
      <ul class="picker-list" aria-label={`Choose ${label}`}>
        {choices.map(({ id, title, detail }) => (
          <li key={id}>
            <label class="picker-choice">
              <input
                type="checkbox"
                checked={has.has(id)}
                onChange={({ currentTarget }) =>
                  onChange(currentTarget.checked ? [...chosen, id] : chosen.filter((other) => other !== id))
                }
              />
              <span class="truncate">{title}</span>
              {detail !== undefined && <span class="muted small truncate">{detail}</span>}
            </label>
          </li>
        ))}
        {choices.length === 0 && <li class="muted small picker-none">{none}</li>}
        {more > 0 && <li class="muted small picker-none">{count(more)} more. Search to find them.</li>}
      </ul>
    </fieldset>
  );
}
