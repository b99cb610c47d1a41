import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { duration } from '../../lib/format.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { SitePicker } from '../../parts/site-picker.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Output } from '../../ui/output.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** Runs a hook now, outside of any job, and shows what it said. */
export function HookTestDialog({ hook, onClose }: { hook: Dto<'HookDto'>; onClose: () => void }) {
  const [siteIds, setSiteIds] = useState<string[]>(hook.siteId === null ? [] : [hook.siteId]);
  const [result, setResult] = useState<Dto<'HookTestDto'> | null>(null);
  const test = useAction(async () => {
    const siteId = siteIds[0];
    setResult(
      await ask(
        api.POST('/hooks/{id}/test', {
          params: { path: { id: hook.id } },
          body: siteId === undefined ? {} : { siteId },
        }),
      ),
    );
  });
  if (result !== null)
    return (
      <Dialog
        title={`Test of ${hook.name}`}
        onClose={onClose}
        footer={
          <>
            <Button pending={test.pending} onClick={() => void test.run()}>
              Again
            </Button>
            <Button kind="primary" onClick={onClose}>
              Done
            </Button>
          </>
        }
      >
        <div class="stack">
          <p class="row">
            <StatusBadge tone={result.ok ? 'ok' : 'critical'}>{result.ok ? 'It works' : 'It failed'}</StatusBadge>
            <span class="muted">
              {result.end}, after {duration(result.seconds)}
            </span>
          </p>
          {result.output !== '' && <Output text={result.output} />}
        </div>
      </Dialog>
    );
  return (
    <FormDialog
      title={`Test ${hook.name}`}
      action="Run it now"
      pending={test.pending}
      error={test.error}
      disabled={siteIds.length === 0}
      onSubmit={test.run}
      onClose={onClose}
    >
      <p>It really runs, outside of any job, and is told that the outcome is “test”.</p>
      {hook.siteId === null && <SitePicker chosen={siteIds} onChange={(chosen) => setSiteIds(chosen.slice(-1))} />}
    </FormDialog>
  );
}
