import { Link } from 'wouter-preact';
import { Card } from '../../ui/card.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { Textarea } from '../../ui/textarea.tsx';
import { partsOf, type RestoreChoice } from './restore-choice.ts';

interface PartProps {
  choice: RestoreChoice;
  onChange: (change: Partial<RestoreChoice>) => void;
}

/** First question: what comes back. */
export function WhatCard({
  choice,
  onChange,
  backupId,
  hasDatabase,
}: PartProps & { backupId: string; hasDatabase: boolean }) {
  const { what, paths, deletesExtra, delta } = choice;
  return (
    <Card>
      <div class="stack">
        <RadioGroup
          label="What to restore"
          value={what}
          onChange={(next) => onChange({ what: next, deletesExtra: next !== 'paths' })}
          options={[
            {
              value: 'all',
              title: 'The whole site',
              hint: hasDatabase ? 'All files and the database.' : 'All files; this backup has no database.',
            },
            { value: 'files', title: 'Files only', hint: 'The database stays as it is.' },
            {
              value: 'database',
              title: 'Database only',
              hint: 'Files stay as they are.',
              disabled: !hasDatabase,
            },
            { value: 'paths', title: 'Some files or folders', hint: 'All others stay as they are.' },
          ]}
        />
        {what === 'paths' && (
          <Textarea
            label="Files and folders, one on each line"
            hint={
              <>
                From the site’s folder on.{' '}
                <Link href={`/backups/${backupId}`}>Choose them in the files of this backup</Link>
              </>
            }
            value={paths}
            onInput={(value) => onChange({ paths: value })}
            rows={4}
            mono
            placeholder="wp-content/uploads/2026"
          />
        )}
        {partsOf(choice).files && (
          <details class="more-options">
            <summary>More options</summary>
            <div class="stack-tight">
              <Checkbox
                label="Delete files that are not in the backup"
                hint={
                  what === 'paths'
                    ? 'Below the chosen folders. Otherwise they stay.'
                    : 'The site is then as it was. Otherwise they stay.'
                }
                checked={deletesExtra}
                onChange={(value) => onChange({ deletesExtra: value })}
              />
              <Checkbox
                label="Write only files that differ"
                hint="Faster when little has changed. The result is the same."
                checked={delta}
                onChange={(value) => onChange({ delta: value })}
              />
            </div>
          </details>
        )}
      </div>
    </Card>
  );
}
