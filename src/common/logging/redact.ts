const HIDDEN = '***';

/** Texts that are secret by their form, wherever they come from. */
const forms: readonly [form: RegExp, shown: string][] = [
  // API tokens of ours.
  [/\bbkd_[A-Za-z0-9_-]{16,}/g, `bkd_${HIDDEN}`],
  [/\b(Bearer|Basic) +[A-Za-z0-9+/=._~-]{8,}/gi, `$1 ${HIDDEN}`],
  // scheme://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${HIDDEN}@`],
  // password=…, "secretAccessKey": "…"
  [
    /\b(pass(?:word|wd|phrase)?|secret(?:_?access)?(?:_?key)?|api_?key|access_?token|client_?secret)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&}"']+)/gi,
    `$1$2${HIDDEN}`,
  ],
];

/** The text without what is secret by its form. The last line of defence: a secret should not come as far as the log. */
export function redact(text: string): string {
  let safe = text;
  for (const [form, shown] of forms) safe = safe.replace(form, shown);
  return safe;
}
