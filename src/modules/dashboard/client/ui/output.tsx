import './output.css';

/** What a program or another server said, as it came. */
export function Output({ text }: { text: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls it
    <pre class="output" tabIndex={0}>
      {text}
    </pre>
  );
}
