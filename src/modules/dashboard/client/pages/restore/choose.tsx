import { api, ask, type Dto } from '../../api/client.ts';
import type { Problem } from '../../api/problem.ts';
import { useQuery } from '../../api/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { FormError } from '../../ui/problem-view.tsx';
import type { RestoreChoice } from './restore-choice.ts';
import { WhatCard } from './what-card.tsx';
import { WhereCard } from './where-card.tsx';

const FIELDS = [
  'targetPath',
  'nodeId',
  'targetDatabase.name',
  'targetDatabase.host',
  'targetDatabase.user',
  'targetDatabase.password',
  'targetDatabase.prefix',
  'adminDatabase.user',
  'adminDatabase.password',
];

interface ChooseProps {
  choice: RestoreChoice;
  onChange: (change: Partial<RestoreChoice>) => void;
  backup: Dto<'BackupDto'>;
  /** What has to be filled in before one can go on. */
  missing: string | null;
  problem: Problem | null;
  pending: boolean;
  onNext: () => void;
}

/** First step: what and where. */
export function Choose({ choice, onChange, backup, missing, problem, pending, onNext }: ChooseProps) {
  const { id, siteId, databaseBytes } = backup;
  const site = useQuery(`sites/${siteId}`, (signal) =>
    ask(api.GET('/sites/{id}', { params: { path: { id: siteId } }, signal })),
  );
  return (
    <>
      <div class="restore-columns">
        <WhatCard choice={choice} onChange={onChange} backupId={id} hasDatabase={databaseBytes > 0} />
        <WhereCard choice={choice} onChange={onChange} site={site.data} problem={problem} />
      </div>
      {missing !== null && (
        <Notice tone="warning">
          <p role="alert">{missing}</p>
        </Notice>
      )}
      <FormError problem={problem} fields={FIELDS} />
      <div class="row">
        <Button kind="primary" pending={pending} onClick={onNext}>
          {pending ? 'Looking at what would change' : 'Show what will change'}
        </Button>
        <span class="muted small">Nothing is changed yet.</span>
      </div>
    </>
  );
}
