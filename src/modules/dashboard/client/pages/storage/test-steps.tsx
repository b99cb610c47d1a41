import { CircleCheck, CircleDashed, CircleX } from 'lucide-preact';
import type { Dto } from '../../api/client.ts';
import { Spinner } from '../../ui/spinner.tsx';
import './storage.css';

const MEANING: Record<string, string> = {
  write: 'Write an object',
  read: 'Read it back',
  range: 'Read a part of it',
  list: 'List objects',
  delete: 'Delete it again',
  'multipart upload': 'Upload a large object in parts',
  'unfinished uploads': 'Find and end unfinished uploads',
  'object lock': 'Lock an object against deletion',
};
/** Those of every kind: what is waited for while the answer is under way. */
const EXPECTED = ['write', 'read', 'range', 'list', 'delete'];

interface TestStepsProps {
  result: Dto<'StorageTestDto'> | null;
  running: boolean;
}

/** The connection test of a storage, step by step, with what is missing for each. */
export function TestSteps({ result, running }: TestStepsProps) {
  if (running)
    return (
      <div class="test-steps" aria-busy="true">
        <p class="row">
          <Spinner /> Trying the storage. A server that does not answer can take a minute.
        </p>
        <ol>
          {EXPECTED.map((name) => (
            <li key={name} class="test-step muted">
              <CircleDashed class="icon" aria-hidden="true" />
              <span>{MEANING[name]}</span>
            </li>
          ))}
        </ol>
      </div>
    );
  if (result === null) return null;
  return (
    <div class="test-steps" role="status">
      <p class="test-verdict">{result.ok ? 'The storage works.' : 'The storage does not work yet.'}</p>
      <ol>
        {result.steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
    </div>
  );
}

function Step({ step: { name, status, durationMs, error } }: { step: Dto<'StorageTestStepDto'> }) {
  const Icon = { ok: CircleCheck, failed: CircleX, skipped: CircleDashed }[status];
  const word = { ok: `${durationMs} ms`, failed: 'failed', skipped: 'not tried' }[status];
  return (
    <li class={`test-step test-${status}`}>
      <Icon class="icon" aria-hidden="true" />
      <div class="grow">
        <div class="row row-between">
          <span>{MEANING[name] ?? name}</span>
          <span class="muted small">{word}</span>
        </div>
        {error !== null && (
          <div class="small stack-tight">
            <p>{error.message}</p>
            {error.hint !== null && <p>{error.hint}</p>}
            {error.permission !== null && (
              <p>
                Missing permission: <code>{error.permission}</code>
              </p>
            )}
          </div>
        )}
      </div>
    </li>
  );
}
