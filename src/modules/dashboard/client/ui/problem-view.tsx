import { CircleAlert } from 'lucide-preact';
import type { Problem } from '../api/problem.ts';
import { Button } from './button.tsx';

/** What went wrong, what to do about it, and the code for who asks for help. Nothing without a problem. */
export function ProblemView({ problem, onRetry }: { problem: Problem | null; onRetry?: () => void }) {
  if (problem === null) return null;
  return (
    <div class="problem" role="alert">
      <CircleAlert class="icon" aria-hidden="true" />
      <div class="grow stack-tight">
        <p class="problem-text">{problem.message}</p>
        {problem.hint !== null && <p>{problem.hint}</p>}
        <p class="problem-code">
          <code>{problem.code}</code>
        </p>
        {onRetry !== undefined && (
          <div>
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

const NONE: readonly string[] = [];

/** The problem of a form, except what its fields show themselves. */
export function FormError({ problem, fields = NONE }: { problem: Problem | null; fields?: readonly string[] }) {
  if (problem !== null && problem.fields.size > 0 && [...problem.fields.keys()].every((name) => fields.includes(name)))
    return null;
  return <ProblemView problem={problem} />;
}
