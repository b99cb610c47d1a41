import pc from 'picocolors';

/** A line of pino's as a person reads it: `2026-03-01 14:05:09 WARN [jobs] … (job 0199…)`. */
export function textLine(json: string, colored: boolean): string {
  const colors = pc.createColors(colored);
  const colorOf = new Map([
    ['error', colors.red],
    ['fatal', colors.red],
    ['warn', colors.yellow],
    ['debug', colors.dim],
  ]);
  const line: unknown = JSON.parse(json);
  const fields = new Map<string, unknown>(typeof line === 'object' && line !== null ? Object.entries(line) : []);
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  const level = text('level');
  const color = colorOf.get(level) ?? colors.green;
  const time = text('time').slice(0, 19).replace('T', ' ');
  const about = [
    ...(text('jobId') === '' ? [] : [`job ${text('jobId')}`]),
    ...(text('requestId') === '' || level === 'info' ? [] : [`request ${text('requestId')}`]),
  ];
  const parts = [
    colors.dim(time),
    color(level.toUpperCase().padEnd(5)),
    ...(text('context') === '' ? [] : [colors.yellow(`[${text('context')}]`)]),
    level === 'error' || level === 'fatal' ? color(shown(text('msg'))) : shown(text('msg')),
    ...(about.length === 0 ? [] : [colors.dim(`(${about.join(', ')})`)]),
  ];
  return `${parts.join(' ')}\n${text('stack') === '' ? '' : `  ${shown(text('stack'))}\n`}`;
}

// oxlint-disable-next-line no-control-regex -- control characters are what is shown as their codes
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Names and messages of sites may hold anything: nothing of them steers the terminal or looks like a line of its own. */
function shown(text: string): string {
  return text
    .replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('\n', '\n  ');
}
