import { ShieldAlert, ShieldCheck, ShieldX } from 'lucide-preact';
import type { Dto } from '../../api/client.ts';
import { may, mayWholeServer } from '../../api/session.ts';
import { withLocalTimes } from '../../lib/time.ts';
import { ButtonLink } from '../../ui/button.tsx';

const LOOKS = {
  ok: [ShieldCheck, 'ok'],
  warning: [ShieldAlert, 'warning'],
  critical: [ShieldX, 'critical'],
} as const;

/** The answer to the one question: is everything safe? */
export function Headline({ status }: { status: Dto<'StatusDto'> }) {
  const [Icon, tone] = LOOKS[status.level];
  // Hints for the command line help nobody here.
  const [first = '', ...rest] = sentencesOf(withLocalTimes(status.sentence.replaceAll(/ \(`[^`]*`\)/g, '')));
  const isEmpty = status.sites.total === 0 && status.sites.paused === 0;
  return (
    <div class={`headline headline-${tone}`}>
      <Icon class="headline-icon" aria-hidden="true" />
      <div class="grow">
        <p class="headline-text">{first}</p>
        {rest.length > 0 && <p class="headline-more">{rest.join(' ')}</p>}
        {status.blindTo.length > 0 && (
          <p class="headline-more">Some things could not be looked at lately; the log of the server says why.</p>
        )}
      </div>
      {isEmpty && may('admin') && mayWholeServer() && (
        <ButtonLink to="/first-run/scan" kind="primary">
          Find sites
        </ButtonLink>
      )}
    </div>
  );
}

/** Not at the point of a name: `example.com`. */
function sentencesOf(text: string): string[] {
  const all: string[] = [];
  for (const part of text.split(/(?<=[.:!?]) (?=[A-Z0-9])/)) {
    const last = all.at(-1);
    // What follows a colon belongs to it.
    if (last?.endsWith(':') === true) all[all.length - 1] = `${last} ${part}`;
    else all.push(part);
  }
  return all;
}
