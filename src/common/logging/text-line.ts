import pc from 'picocolors';

/** A line of pino's as a person reads it: `2026-03-01 14:05:09 WARN [jobs] … (job 0199…)`. */
export function textLine(json: string, colored: boolean): string {
  const colors = pc.createColors(colored);
  const shown = new Map([
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
  const color = shown.get(level) ?? colors.green;
  const time = text('time').slice(0, 19).replace('T', ' ');
  const about = [
    ...(text('jobId') === '' ? [] : [`job ${text('jobId')}`]),
    ...(text('requestId') === '' || level === 'info' ? [] : [`request ${text('requestId')}`]),
  ];
  const parts = [
    colors.dim(time),
    color(level.toUpperCase().padEnd(5)),
    ...(text('context') === '' ? [] : [colors.yellow(`[${text('context')}]`)]),
    level === 'error' || level === 'fatal' ? color(text('msg')) : text('msg'),
    ...(about.length === 0 ? [] : [colors.dim(`(${about.join(', ')})`)]),
  ];
  return `${parts.join(' ')}\n${text('stack') === '' ? '' : `${text('stack')}\n`}`;
}
