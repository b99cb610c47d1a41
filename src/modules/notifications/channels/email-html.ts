import type { Message, Section } from '../news/message.js';
import { colour, escapeHtml } from './text.js';

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** A message as a mail: no images, nothing loaded from elsewhere, readable on light and on dark backgrounds. */
export function emailHtml(message: Message): string {
  const title = escapeHtml(message.title);
  const sections = message.sections.map(sectionHtml).join('');
  const more = message.more === null ? '' : `<p style="margin:16px 0 0">${escapeHtml(message.more)}</p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
<style>
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){.page{background:#16181d!important}.card{background:#22252c!important;color:#e8eaed!important}.dim{color:#a9b0ba!important}.mono{background:#2d313a!important;color:#e8eaed!important}a{color:#8ab4f8!important}}
</style></head>
<body class="page" style="margin:0;padding:24px;background:#f3f4f6;${FONT}">
<div class="card" style="max-width:640px;margin:0 auto;padding:20px 24px;background:#ffffff;color:#1f2328;border-top:4px solid ${colour(message)};border-radius:6px;font-size:15px;line-height:1.5">
<h1 style="margin:0 0 12px;font-size:19px;line-height:1.3">${title}</h1>
${sections}${more}
<p class="dim" style="margin:20px 0 0;font-size:12px;color:#5f6773">Sent by backupd. Which messages come here: backupd notify rules</p>
</div></body></html>
`;
}

function sectionHtml({ heading, text, hint, facts, url }: Section): string {
  const rows = facts
    .map(
      ([name, value]) =>
        `<tr><td class="dim" style="padding:2px 12px 2px 0;color:#5f6773;vertical-align:top;white-space:nowrap">${escapeHtml(name)}</td>` +
        `<td style="padding:2px 0;word-break:break-word">${value.startsWith('backupd ') ? code(value) : escapeHtml(value)}</td></tr>`,
    )
    .join('');
  return [
    heading === null ? '' : `<h2 style="margin:18px 0 6px;font-size:16px">${escapeHtml(heading)}</h2>`,
    `<p style="margin:0 0 8px">${escapeHtml(text)}</p>`,
    hint === null ? '' : `<p style="margin:0 0 8px"><strong>What to do:</strong> ${escapeHtml(hint)}</p>`,
    rows === '' ? '' : `<table role="presentation" style="border-collapse:collapse;font-size:14px">${rows}</table>`,
    url === null ? '' : `<p style="margin:8px 0 0"><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`,
  ].join('\n');
}

const code = (text: string): string =>
  `<code class="mono" style="padding:1px 5px;background:#eef0f3;border-radius:4px;font-size:13px">${escapeHtml(text)}</code>`;
