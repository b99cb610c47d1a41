import type { Message, Section } from '../news/message.js';

/** Cuts at a length, with a sign that it was cut; never within a surrogate pair. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, Math.max(0, most - 1)).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** What a section says, in lines of plain text. */
export function sectionLines({ text, hint, facts, url }: Section): string[] {
  return [
    text,
    ...(hint === null ? [] : [`What to do: ${hint}`]),
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...(url === null ? [] : [url]),
  ];
}

/** A whole message as plain text, without its title. */
export function plainText(message: Message): string {
  const parts = message.sections.map((section) =>
    [...(section.heading === null ? [] : [section.heading]), ...sectionLines(section)].join('\n'),
  );
  return [...parts, ...(message.more === null ? [] : [message.more])].join('\n\n');
}

/** Parts joined by `between` until the next would go beyond the length; how many were left out is said. */
export function fitted(parts: readonly string[], between: string, most: number): string {
  const note = (left: number): string => `${between}… and ${left} more`;
  let text = '';
  for (const [i, part] of parts.entries()) {
    const next = i === 0 ? part : text + between + part;
    const room = i === parts.length - 1 ? most : most - note(parts.length).length;
    if (next.length > room) return i === 0 ? clip(part, most) : text + note(parts.length - i);
    text = next;
  }
  return text;
}

/** `&`, `<` and `>` as entities, as HTML, Slack and Telegram want them; quotes too, for attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** For Slack, which knows three entities only. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** For Discord: nothing of it is taken as Markdown. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\*_~`|>#[\]()<:@-]/g, String.raw`\$&`);
}

/** A sign of how it stands, for channels without colours. */
export function sign({ good, severity }: Pick<Message, 'good' | 'severity'>): string {
  return good ? '✅' : severity === 'critical' ? '🔴' : severity === 'warning' ? '⚠️' : 'ℹ️';
}

/** A colour of the same meaning, `#rrggbb`. */
export function colour({ good, severity }: Pick<Message, 'good' | 'severity'>): string {
  return good ? '#2e7d32' : severity === 'critical' ? '#c62828' : severity === 'warning' ? '#b26a00' : '#1565c0';
}
