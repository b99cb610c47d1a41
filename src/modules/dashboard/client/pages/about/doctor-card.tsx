import { useState } from 'preact/hooks';
import { Stethoscope } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { plural } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Prose } from '../../ui/prose.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import './about.css';

type Check = Dto<'CheckDto'>;

const LOOKS = { failed: ['critical', 'Failed'], warning: ['warning', 'Warning'], ok: ['ok', 'Fine'] } as const;
const ORDER = { failed: 0, warning: 1, ok: 2 };

/** Looks at everything that may be wrong with the installation, when asked. */
export function DoctorCard() {
  const [checks, setChecks] = useState<Check[] | null>(null);
  const examine = useAction(async () => {
    const { checks: found } = await ask(api.GET('/doctor'));
    setChecks(found.toSorted((a, b) => ORDER[a.status] - ORDER[b.status]));
  });
  const run = (
    <Button
      size="small"
      icon={<Stethoscope class="icon icon-small" aria-hidden="true" />}
      pending={examine.pending}
      onClick={() => void examine.run()}
    >
      {checks === null ? 'Run the checks' : 'Run again'}
    </Button>
  );
  return (
    <Card title="Doctor" flush actions={checks !== null && run}>
      {examine.error !== null && (
        <div class="card-body">
          <ProblemView problem={examine.error} />
        </div>
      )}
      {checks === null ? (
        <EmptyState
          icon={<Stethoscope class="icon" aria-hidden="true" />}
          title="Is all well with this server?"
          action={run}
        >
          Looks at programs, space, permissions, the database, storages and copies, and says what to fix.
        </EmptyState>
      ) : (
        <>
          <p class="doctor-sum" role="status">
            {sentenceOf(checks)}
          </p>
          <ul aria-label="Checks">
            {checks.map(({ name, status, message, hint }) => (
              <li key={name} class="doctor-check">
                <StatusBadge tone={LOOKS[status][0]}>{LOOKS[status][1]}</StatusBadge>
                <div>
                  <p>
                    <strong>{name}</strong>{' '}
                    <span class={status === 'ok' ? 'muted' : ''}>
                      <Prose text={message} />
                    </span>
                  </p>
                  {hint !== null && (
                    <p class="muted">
                      <Prose text={hint} />
                    </p>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function sentenceOf(checks: readonly Check[]): string {
  const failed = checks.filter(({ status }) => status === 'failed').length;
  const warnings = checks.filter(({ status }) => status === 'warning').length;
  if (failed > 0) return `${plural(failed, 'check')} failed${warnings > 0 ? `, ${plural(warnings, 'warning')}` : ''}.`;
  return warnings > 0 ? `No check failed. ${plural(warnings, 'warning')}.` : 'All checks are fine.';
}
