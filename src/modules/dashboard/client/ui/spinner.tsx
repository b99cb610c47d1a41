import './surfaces.css';

/** Turns while something runs. Decoration: what runs is said beside it. */
export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}
