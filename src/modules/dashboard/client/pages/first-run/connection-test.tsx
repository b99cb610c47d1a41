import type { Dto } from '../../api/client.ts';
import { duration } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Notice } from '../../ui/notice.tsx';

const LOOKS = { ok: 'ok', failed: 'critical', skipped: 'neutral' } as const;
const STATES = { ok: 'works', failed: 'failed', skipped: 'not tried' };

/** What the test of a storage found, step by step. */
export function ConnectionTest({ test }: { test: Dto<'StorageTestDto'> }) {
  const failed = test.steps.filter(({ error }) => error !== null);
  return (
    <div class="stack-tight" role="status">
      <p>
        <strong>{test.ok ? 'The storage works.' : 'The storage does not work yet.'}</strong>{' '}
        <span class="muted small">
          Tried in {test.durationMs < 1000 ? `${Math.ceil(test.durationMs)} ms` : duration(test.durationMs / 1000)}.
        </span>
      </p>
      <ul class="test-steps">
        {test.steps.map(({ name, status }) => (
          <li key={name}>
            <StatusBadge tone={LOOKS[status]}>
              {name}: {STATES[status]}
            </StatusBadge>
          </li>
        ))}
      </ul>
      {failed.map(({ name, error }) => (
        <Notice key={name} tone="warning">
          <p>
            <strong>{name}:</strong> {error?.message}
          </p>
          {error?.hint !== undefined && error.hint !== null && <p>{error.hint}</p>}
        </Notice>
      ))}
    </div>
  );
}
