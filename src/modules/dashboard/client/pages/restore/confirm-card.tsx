import { useState } from 'preact/hooks';
import { ArchiveRestore } from 'lucide-preact';
import type { Problem } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { TextInput } from '../../ui/text-input.tsx';

interface ConfirmCardProps {
  siteName: string;
  /** What is about to be done, in a sentence. */
  sentence: string;
  isInPlace: boolean;
  pending: boolean;
  problem: Problem | null;
  onConfirm: () => void;
  onBack: () => void;
}

/** Last step: the name of the site, and it begins. */
export function ConfirmCard({ siteName, sentence, isInPlace, pending, problem, onConfirm, onBack }: ConfirmCardProps) {
  const [typed, setTyped] = useState('');
  const isReady = typed.trim() === siteName.trim();
  return (
    <Card title="Confirm">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onConfirm();
        }}
      >
        <div class="stack-tight">
          <p>{sentence}</p>
          <p class="muted">
            {isInPlace
              ? 'What came after the backup is lost. If the restore fails or is cancelled, the site is as it was before.'
              : 'If the restore fails or is cancelled, everything is as it was before.'}
          </p>
        </div>
        <div class="restore-fields">
          <TextInput
            label={`Type “${siteName}” to confirm`}
            value={typed}
            onInput={setTyped}
            autocomplete="off"
            spellcheck={false}
          />
        </div>
        <ProblemView problem={problem} />
        <div class="row">
          <Button
            type="submit"
            kind="primary"
            icon={<ArchiveRestore class="icon icon-small" aria-hidden="true" />}
            pending={pending}
            disabled={!isReady}
          >
            Restore now
          </Button>
          <Button onClick={onBack}>Back</Button>
        </div>
      </form>
    </Card>
  );
}
