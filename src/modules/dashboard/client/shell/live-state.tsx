import { CloudOff, Radio } from 'lucide-preact';
import { unreachableSince } from '../api/client.ts';
import { liveState, offlineSince } from '../api/live.ts';
import { timeOfDay } from '../lib/time.ts';

const TEXT = { connecting: 'Connecting', live: 'Live', offline: 'Offline' };

/** Whether what is on the screen keeps itself up to date. */
export function LiveState() {
  const state = liveState.value;
  const Icon = state === 'offline' ? CloudOff : Radio;
  return (
    <span class={`live live-${state}`} role="status" title="Whether this page hears of changes as they happen">
      <Icon class="icon icon-small" aria-hidden="true" />
      <span>{TEXT[state]}</span>
    </span>
  );
}

/** Across the page while the server is away. */
export function OfflineBanner() {
  const since = unreachableSince.value ?? offlineSince.value;
  if (since === null) return null;
  return (
    <div class="banner" role="status">
      <CloudOff class="icon" aria-hidden="true" />
      <span>
        The server has not answered since {timeOfDay(since)}. What is shown may be out of date; the page connects again
        by itself.
      </span>
    </div>
  );
}
