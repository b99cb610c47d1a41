import { useState } from 'preact/hooks';
import { Check, Copy } from 'lucide-preact';
import { Button } from './button.tsx';
import { showToast } from './toasts.tsx';

/** Puts a text into the clipboard. Browsers allow that only over https or on this machine; elsewhere the text has to be marked by hand. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const Icon = done ? Check : Copy;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 2000);
    } catch {
      showToast('This browser does not allow it here. Mark the text and copy it by hand.');
    }
  };
  return (
    <Button size="small" icon={<Icon class="icon icon-small" aria-hidden="true" />} onClick={() => void copy()}>
      <span aria-live="polite">{done ? 'Copied' : label}</span>
    </Button>
  );
}
