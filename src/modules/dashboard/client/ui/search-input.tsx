import { useEffect, useState } from 'preact/hooks';

interface SearchInputProps {
  label: string;
  value: string;
  /** Called when typing pauses. */
  onSearch: (value: string) => void;
  placeholder?: string;
}

const PAUSE_MS = 250;

/** A search box that asks when typing pauses. */
export function SearchInput({ label, value, onSearch, placeholder }: SearchInputProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onSearch(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onSearch]);
  return (
    <input
      type="search"
      class="input"
      aria-label={label}
      placeholder={placeholder ?? label}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}
