import { Play } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { api, ask } from '../api/client.ts';
import { useAction } from '../api/use-action.ts';
import { Button, type ButtonProps } from '../ui/button.tsx';

interface BackUpNowProps {
  siteId: string;
  siteName: string;
  size?: ButtonProps['size'];
  kind?: ButtonProps['kind'];
  /** Goes to the job that was started. */
  follow?: boolean;
}

/** Starts a backup of a site. */
export function BackUpNow({ siteId, siteName, size = 'small', kind = 'default', follow = false }: BackUpNowProps) {
  const [, navigate] = useLocation();
  const start = useAction(() => ask(api.POST('/sites/{id}/backups', { params: { path: { id: siteId } }, body: {} })), {
    success: `The backup of ${siteName} is on its way.`,
    invalidates: ['jobs'],
    errorToast: true,
  });
  const run = async (): Promise<void> => {
    const job = await start.run();
    if (follow && job !== undefined) navigate(`/jobs/${job.id}`);
  };
  return (
    <Button
      size={size}
      kind={kind}
      icon={<Play class="icon icon-small" aria-hidden="true" />}
      pending={start.pending}
      aria-label={`Back up now: ${siteName}`}
      onClick={() => void run()}
    >
      Back up now
    </Button>
  );
}
