import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { duration } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Output } from '../../ui/output.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { Spinner } from '../../ui/spinner.tsx';

interface ChannelTestDialogProps {
  channel: Dto<'ChannelDto'>;
  /** Goes to the rules, where one is still needed. */
  onRules: () => void;
  onClose: () => void;
}

/** Sends a test message and shows what the other side answered. */
export function ChannelTestDialog({ channel, onRules, onClose }: ChannelTestDialogProps) {
  const { id, name } = channel;
  const [result, setResult] = useState<Dto<'ChannelTestDto'> | null>(null);
  const rules = useQuery('notifications/rules?limit=500', (signal) =>
    ask(api.GET('/notifications/rules', { params: { query: { limit: 500 } }, signal })),
  );
  const test = useAction(
    async () => {
      setResult(null);
      setResult(await ask(api.POST('/notifications/channels/{id}/test', { params: { path: { id } } })));
    },
    { invalidates: ['notifications/deliveries'] },
  );
  useEffect(() => void test.run(), []);
  const hasNoRule = rules.data?.items.some(({ channelIds }) => channelIds.includes(id)) === false;
  return (
    <Dialog
      title={`Test of ${name}`}
      onClose={onClose}
      footer={
        <>
          <Button pending={test.pending} onClick={() => void test.run()}>
            Send again
          </Button>
          {result?.ok === true && hasNoRule && may('admin') ? (
            <Button
              kind="primary"
              onClick={() => {
                onClose();
                onRules();
              }}
            >
              Go on to the rules
            </Button>
          ) : (
            <Button kind="primary" onClick={onClose}>
              Done
            </Button>
          )}
        </>
      }
    >
      <div class="stack" aria-live="polite">
        {test.pending && (
          <p class="row">
            <Spinner /> A test message is being sent.
          </p>
        )}
        <ProblemView problem={test.error} />
        {result !== null && <Result result={result} />}
        {result?.ok === true && hasNoRule && <p class="muted">No rule sends to this channel yet.</p>}
      </div>
    </Dialog>
  );
}

function Result({ result: { ok, durationMs, response, error } }: { result: Dto<'ChannelTestDto'> }) {
  return (
    <>
      <p class="row">
        <StatusBadge tone={ok ? 'ok' : 'critical'}>{ok ? 'It was taken' : 'It was not taken'}</StatusBadge>
        <span class="muted">after {duration(durationMs / 1000)}</span>
      </p>
      {error !== null && (
        <div class="stack-tight">
          <p>{error.message}</p>
          {error.hint !== null && <p>{error.hint}</p>}
          <p class="problem-code">
            <code>{error.code}</code>
          </p>
        </div>
      )}
      {response !== null && (
        <div class="stack-tight">
          <p class="muted small">The answer of the other side:</p>
          <Output text={response} />
        </div>
      )}
    </>
  );
}
