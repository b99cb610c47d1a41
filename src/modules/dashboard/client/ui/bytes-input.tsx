import { useState } from 'preact/hooks';
import { Field, type FieldTexts } from './field.tsx';
import './bytes-input.css';

const UNITS = { MB: 1e6, GB: 1e9, TB: 1e12 } as const;
type Unit = keyof typeof UNITS;

interface BytesInputProps extends FieldTexts {
  /** What it begins with. */
  initial: number | null;
  /** Null where nothing, or no number, stands in it. */
  onChange: (bytes: number | null) => void;
}

/** An amount of bytes, as a number and a unit. */
export function BytesInput({ label, hint, error, initial, onChange }: BytesInputProps) {
  const [unit, setUnit] = useState<Unit>(() => fittingUnit(initial));
  const [text, setText] = useState(() => (initial === null ? '' : String(initial / UNITS[fittingUnit(initial)])));
  const tell = (nextText: string, nextUnit: Unit): void => {
    setText(nextText);
    setUnit(nextUnit);
    const value = Number(nextText);
    onChange(
      nextText.trim() === '' || !Number.isFinite(value) || value < 0 ? null : Math.round(value * UNITS[nextUnit]),
    );
  };
  return (
    <Field label={label} hint={hint} error={error}>
      {(links) => (
        <div class="bytes-input">
          <input
            {...links}
            class="input"
            type="number"
            min={0}
            step="any"
            value={text}
            onInput={(event) => tell(event.currentTarget.value, unit)}
          />
          <select
            class="input"
            aria-label={`${label}: unit`}
            value={unit}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              if (chosen === 'MB' || chosen === 'GB' || chosen === 'TB') tell(text, chosen);
            }}
          >
            {Object.keys(UNITS).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  );
}

/** The largest unit in which it is a short number. */
function fittingUnit(bytes: number | null): Unit {
  if (bytes === null || bytes === 0) return 'GB';
  if (bytes >= UNITS.TB && (bytes / UNITS.TB) % 0.1 < 1e-9) return 'TB';
  return bytes >= UNITS.GB ? 'GB' : 'MB';
}
